import { keycloak } from '../../src/presets/index.ts';
import { certificate, now, pairs, times, type Vendor, vendorKey } from './vendor.ts';

const issuer = 'https://sso.example.com/realms/shop';
const audience = 'orders-api';
const header = { alg: 'RS256', typ: 'JWT', kid: 'FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE' };
const session = 'aa6f25bd-5c84-4dc2-9d05-a0a0a30d8c9d';

// The members that TokenManager sets, and the mappers of the default client scopes (server administration guide).
const user = {
  ...times(300),
  auth_time: now - 90,
  jti: 'onrtac:0c9a8f2e-7f0e-4f5d-8d6b-4b6f4c2b2c11',
  iss: issuer,
  aud: [audience, 'account'],
  sub: 'f7e2b1c0-3d0a-4b6e-9d3a-1f2e3d4c5b6a',
  typ: 'Bearer',
  azp: 'web-shop',
  sid: session,
  acr: '1',
  'allowed-origins': ['https://shop.example.com'],
  realm_access: { roles: ['customer', 'offline_access'] },
  resource_access: { account: { roles: ['manage-account'] } },
  scope: 'profile email orders:read',
  email_verified: true,
  preferred_username: 'ada',
};

export const keycloakVendor: Vendor = {
  name: 'keycloak',
  profile: keycloak,
  issuer,
  audience,
  keys: [
    vendorKey('RS256', { kid: header.kid, alg: 'RS256', use: 'sig', ...certificate, 'x5t#S256': 'aW52ZW50ZWQ' }),
    vendorKey('ES256', { kid: 'ec', alg: 'ES256', use: 'sig' }),
    { jwk: { ...pairs.PS256.jwk, kid: 'enc', alg: 'RSA-OAEP', use: 'enc', ...certificate }, sign: pairs.RS256.sign },
  ],
  header,
  good: [
    {
      title: 'a user',
      payload: user,
      scopes: ['profile', 'email', 'orders:read'],
      roles: ['customer', 'offline_access'],
    },
    {
      title: 'a service account: no session, the client as client_id',
      payload: {
        ...times(300),
        jti: 'trrtcc:4f1d6d1e-0c5e-4c5c-a6a3-6d9a8b0f3f10',
        iss: issuer,
        aud: audience,
        sub: '2b8c4a52-95c2-4d4b-8a55-0f7f6c1d2e3f',
        typ: 'Bearer',
        azp: 'reporting',
        acr: '1',
        scope: 'profile email',
        clientHost: '10.0.0.7',
        clientAddress: '10.0.0.7',
        client_id: 'reporting',
      },
      scopes: ['profile', 'email'],
      roles: [],
    },
    {
      title: 'a client with the header type at+jwt and ES256, an id of before 26.2, an empty scope',
      header: { typ: 'at+jwt', alg: 'ES256', kid: 'ec' },
      payload: { ...user, aud: audience, jti: '0c9a8f2e-7f0e-4f5d-8d6b-4b6f4c2b2c11', scope: '', auth_time: undefined },
      scopes: [],
      roles: ['customer', 'offline_access'],
    },
  ],
  // TokenManager.generateIDToken
  idToken: {
    header,
    payload: {
      ...times(300),
      auth_time: now - 90,
      jti: '1f0b8f5e-5f0c-4a3a-a0a5-7b0d6d5c4b3a',
      iss: issuer,
      aud: audience,
      sub: user.sub,
      typ: 'ID',
      azp: audience,
      nonce: 'n-0S6_WzA2Mj',
      sid: session,
      at_hash: 'MTIzNDU2Nzg5MDEyMzQ1Ng',
      acr: '1',
      preferred_username: 'ada',
    },
  },
  idTokenRefusal: 'claims',
  required: ['azp', 'iat', 'jti', 'typ', 'scope'],
  wrongForms: {
    azp: [5, '', null],
    jti: ['', 5],
    sid: ['', 5, null],
    auth_time: ['1700000000', 0],
    // Before Keycloak 25.
    nbf: [0],
    scope: [['profile'], null],
    realm_access: [{ roles: 'customer' }, { roles: [5] }, ['customer'].join(), null],
    typ: ['ID', 'Refresh', 'Offline', 'Logout', 'Serialized-ID', 'DPoP', 'bearer', '', ['Bearer']],
    aud: [[audience, 5]],
  },
  bad: [
    {
      title: 'an ID token that claims a scope and roles as well',
      claims: { typ: 'ID', aud: audience, azp: audience },
      refusal: 'invalid_token: claims',
    },
    {
      title: 'no audience mapper: the audience is account alone',
      claims: { aud: 'account' },
      refusal: 'invalid_token: audience',
    },
    {
      title: 'an ID token for another client',
      claims: { typ: 'ID', aud: 'web-shop' },
      refusal: 'invalid_token: audience',
    },
    {
      title: 'a refresh token: the realm as audience, HS512',
      header: { alg: 'HS512', kid: 'a1b2c3' },
      claims: { typ: 'Refresh', aud: issuer },
      refusal: 'invalid_token: kid_unknown',
    },
    {
      title: 'another realm',
      claims: { iss: 'https://sso.example.com/realms/other' },
      refusal: 'invalid_token: issuer',
    },
    { title: 'the key for encryption', header: { kid: 'enc' }, refusal: 'invalid_token: kid_unknown' },
    { title: 'a logout token by its header', header: { typ: 'logout+jwt' }, refusal: 'invalid_token: header' },
  ],
};
