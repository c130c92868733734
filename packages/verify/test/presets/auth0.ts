import { auth0 } from '../../src/presets/index.ts';
import { certificate, times, type Vendor, vendorKey } from './vendor.ts';

const issuer = 'https://my-domain.auth0.com/';
const audience = 'https://example.com/health-api';
const header = { alg: 'RS256', typ: 'JWT', kid: 'NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg' };

// The example of the page on access token profiles with other times.
const user = {
  iss: issuer,
  sub: 'auth0|123456',
  aud: [audience, 'https://my-domain.auth0.com/userinfo'],
  azp: 'my_client_id',
  ...times(86_400),
  scope: 'openid profile read:patients read:admin',
};

export const auth0Vendor: Vendor = {
  name: 'auth0',
  profile: auth0,
  issuer,
  audience,
  keys: [
    vendorKey('RS256', { kid: header.kid, alg: 'RS256', use: 'sig', ...certificate }),
    vendorKey('PS256', { kid: 'next', alg: 'PS256', use: 'sig', ...certificate }),
  ],
  header,
  good: [
    { title: 'a user', payload: user, scopes: ['openid', 'profile', 'read:patients', 'read:admin'], roles: [] },
    {
      title: 'an application',
      payload: {
        ...user,
        sub: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx@clients',
        aud: audience,
        azp: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx',
        scope: 'read:patients',
      },
      scopes: ['read:patients'],
      roles: [],
    },
    {
      title: 'an API with PS256, permissions, an organization and a claim of its own',
      header: { alg: 'PS256', kid: 'next' },
      payload: {
        ...user,
        permissions: ['read:admin'],
        org_id: 'org_9ybsU1dN2dKfDkBi',
        my_custom_claim: 'my_custom_value',
      },
      scopes: ['openid', 'profile', 'read:patients', 'read:admin'],
      roles: [],
    },
  ],
  // The example of the page on the structure of ID tokens.
  idToken: {
    header,
    payload: {
      iss: issuer,
      sub: 'auth0|123456',
      aud: audience,
      ...times(36_000),
      name: 'Jane Doe',
      given_name: 'Jane',
      family_name: 'Doe',
      gender: 'female',
      birthdate: '0000-10-31',
      email: 'janedoe@example.com',
      picture: 'http://example.com/janedoe/me.jpg',
    },
  },
  idTokenRefusal: 'claims',
  required: ['azp', 'iat', 'scope'],
  wrongForms: {
    azp: [5, '', null, ['my_client_id']],
    scope: [['openid'], 5, null],
    iat: ['1311280970', 0],
    aud: [[audience, '']],
  },
  bad: [
    {
      title: 'an ID token for a client with another name',
      claims: { aud: 'my_client_id', azp: undefined, scope: undefined },
      refusal: 'invalid_token: audience',
    },
    {
      title: 'an ID token of an issuer that adds azp and scope, with its nonce',
      claims: { aud: audience, nonce: 'n-0S6_WzA2Mj' },
      refusal: 'invalid_token: claims',
    },
    {
      title: 'a token of the RFC 9068 dialect',
      header: { typ: 'at+jwt' },
      claims: { azp: undefined, client_id: 'my_client_id', jti: '73WakrfVbNJBaAmhQtEeDv' },
      refusal: 'invalid_token: header',
    },
    {
      title: 'a token for /userinfo alone',
      claims: { aud: 'https://my-domain.auth0.com/userinfo' },
      refusal: 'invalid_token: audience',
    },
    {
      title: 'the issuer without its slash',
      claims: { iss: 'https://my-domain.auth0.com' },
      refusal: 'invalid_token: issuer',
    },
  ],
};
