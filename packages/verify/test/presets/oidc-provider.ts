import { oidcProvider } from '../../src/presets/index.ts';
import { times, type Vendor, vendorKey } from './vendor.ts';

const issuer = 'https://op.example.com';
const audience = 'urn:example:orders';
const header = { alg: 'RS256', typ: 'at+jwt', kid: 'keystore-1' };

// The members that lib/models/formats/jwt.js writes, in its order.
const user = {
  jti: 'Yt3ItTVEDWUPGVPvYkw5aXbEq6ySdEyMmVsXd0l1ZKu',
  sub: '23121d3c-84df-44ac-b458-3d63a9a05497',
  ...times(3600),
  scope: 'orders:read',
  client_id: 'web-shop',
  iss: issuer,
  aud: audience,
};

export const oidcProviderVendor: Vendor = {
  name: 'oidcProvider',
  profile: oidcProvider,
  issuer,
  audience,
  // No alg, where the key that was configured has none.
  keys: [
    vendorKey('RS256', { kid: header.kid, use: 'sig' }),
    vendorKey('EdDSA', { kid: 'ed', use: 'sig' }),
    vendorKey('ES256', { kid: 'ec', alg: 'ES256', use: 'sig' }),
  ],
  header,
  good: [
    { title: 'a user', payload: user, scopes: ['orders:read'], roles: [] },
    {
      title: 'an application: the client as sub, no scope',
      payload: { ...user, ...times(600), sub: 'web-shop', scope: undefined },
      scopes: [],
      roles: [],
    },
    {
      title: 'a resource server with EdDSA and a claim of its own',
      header: { alg: 'EdDSA', kid: 'ed' },
      payload: { tenant: 'acme', ...user, authorization_details: [{ type: 'payment' }] },
      scopes: ['orders:read'],
      roles: [],
    },
  ],
  // lib/models/id_token.js
  idToken: {
    header: { alg: 'RS256', kid: header.kid },
    payload: {
      sub: user.sub,
      nonce: 'n-0S6_WzA2Mj',
      at_hash: 'MTIzNDU2Nzg5MDEyMzQ1Ng',
      sid: 'lXbzYWdOYZZLWKP0EOYBBw',
      aud: audience,
      ...times(3600),
      iss: issuer,
    },
  },
  idTokenRefusal: 'header',
  required: ['client_id', 'iat', 'jti'],
  wrongForms: {
    client_id: [5, '', null],
    jti: ['', 5],
    scope: [['orders:read'], null],
  },
  bad: [
    {
      title: 'an ID token typed JWT by a customizer',
      header: { typ: 'JWT' },
      claims: { client_id: undefined, jti: undefined, scope: undefined },
      refusal: 'invalid_token: header',
    },
    { title: 'a logout token', header: { typ: 'logout+jwt' }, refusal: 'invalid_token: header' },
    { title: 'the audience in a list', claims: { aud: [audience] }, refusal: 'invalid_token: claims' },
    {
      title: 'Ed25519 in place of EdDSA',
      header: { alg: 'Ed25519', kid: 'ed' },
      refusal: 'invalid_token: header',
    },
  ],
};
