import { cognito } from '../../src/presets/index.ts';
import { now, pairs, times, type Vendor, vendorKey } from './vendor.ts';

const issuer = 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example';
const audience = '6o7h8i9jexampleclientid';
const header = { kid: '1234example=', alg: 'RS256' };
const id = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';

// The example of the page on access tokens with other times, and without `aud`, which only a request for a resource adds.
const user = {
  sub: id,
  device_key: id,
  'cognito:groups': ['testgroup'],
  iss: issuer,
  version: 2,
  client_id: audience,
  origin_jti: id,
  event_id: id,
  token_use: 'access',
  scope: 'phone openid profile resourceserver.1/appclient2 email',
  auth_time: now - 60,
  ...times(3600),
  jti: id,
  username: 'my-test-user',
};

export const cognitoVendor: Vendor = {
  name: 'cognito',
  profile: cognito,
  issuer,
  audience,
  keys: [
    vendorKey('RS256', { kid: header.kid, alg: 'RS256', use: 'sig' }),
    // The key of ID tokens.
    { jwk: { ...pairs.PS256.jwk, kid: '5678example=', alg: 'RS256', use: 'sig' } },
  ],
  header,
  good: [
    {
      title: 'a user',
      payload: user,
      scopes: ['phone', 'openid', 'profile', 'resourceserver.1/appclient2', 'email'],
      roles: ['testgroup'],
    },
    {
      title: 'an application: no username, no groups',
      payload: {
        ...user,
        sub: audience,
        device_key: undefined,
        'cognito:groups': undefined,
        username: undefined,
        scope: 'resourceserver.1/appclient2',
      },
      scopes: ['resourceserver.1/appclient2'],
      roles: [],
    },
    {
      title: 'a user who signed in through the API, with token revocation turned off',
      payload: {
        ...user,
        'cognito:groups': undefined,
        jti: undefined,
        origin_jti: undefined,
        scope: 'aws.cognito.signin.user.admin',
      },
      scopes: ['aws.cognito.signin.user.admin'],
      roles: [],
    },
  ],
  // The example of the page on ID tokens, under the key of access tokens.
  idToken: {
    header,
    payload: {
      sub: id,
      'cognito:groups': ['testgroup'],
      email_verified: true,
      'cognito:username': 'my-test-user',
      origin_jti: id,
      iss: issuer,
      aud: audience,
      event_id: id,
      token_use: 'id',
      auth_time: now - 60,
      ...times(3600),
      jti: id,
      nonce: 'n-0S6_WzA2Mj',
      email: 'my-test-user@example.com',
    },
  },
  idTokenRefusal: 'audience',
  required: ['iat', 'auth_time', 'token_use', 'scope'],
  wrongForms: {
    auth_time: ['1676313851', 0],
    jti: ['', 5, null],
    origin_jti: ['', 5],
    username: ['', null],
    token_use: ['id', 'ACCESS', '', null, ['access']],
    scope: [['openid'], null],
    'cognito:groups': ['testgroup', [5], null],
  },
  bad: [
    {
      title: 'an ID token that has client_id as well',
      claims: { token_use: 'id', username: undefined, version: undefined },
      refusal: 'invalid_token: claims',
    },
    {
      title: 'another app client of the pool',
      claims: { client_id: '1example23456789' },
      refusal: 'invalid_token: audience',
    },
    { title: 'the client in a list', claims: { client_id: [audience] }, refusal: 'invalid_token: claims' },
    {
      title: 'a token for a resource of another service',
      claims: { aud: 'https://api.example.com' },
      refusal: 'invalid_token: claims',
    },
    {
      title: 'another user pool',
      claims: { iss: 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_other' },
      refusal: 'invalid_token: issuer',
    },
    { title: 'typ JWT, which Cognito does not set', header: { typ: 'JWT' }, refusal: 'invalid_token: header' },
  ],
};
