import { rfc9068 } from '../../src/presets/index.ts';
import { now, times, type Vendor, vendorKey } from './vendor.ts';

const issuer = 'https://authorization-server.example.com/';
const audience = 'https://rs.example.com/';
const header = { typ: 'at+jwt', alg: 'RS256', kid: 'RjEwOwOA' };

// The example of RFC 9068 §3 with other times, and its `typ` in small letters, as §4 has it.
const user = {
  iss: issuer,
  sub: '5ba552d67',
  aud: audience,
  ...times(3600),
  jti: 'dbe39bf3a3ba4238a513f51d6e1691c4',
  client_id: 's6BhdRkqt3',
  scope: 'openid profile reademail',
};

export const rfc9068Vendor: Vendor = {
  name: 'rfc9068',
  profile: rfc9068,
  issuer,
  audience,
  keys: [
    vendorKey('RS256', { kid: 'RjEwOwOA', alg: 'RS256', use: 'sig' }),
    vendorKey('ES256', { kid: 'ec', alg: 'ES256', use: 'sig' }),
  ],
  header,
  good: [
    { title: 'a user', payload: user, scopes: ['openid', 'profile', 'reademail'], roles: [] },
    {
      title: 'an application (§2.2: its own id as sub), without a scope',
      payload: { ...user, sub: 's6BhdRkqt3', scope: undefined },
      scopes: [],
      roles: [],
    },
    {
      title: 'the full media type, ES256, several audiences, roles and the claims of §2.2.1',
      header: { typ: 'application/at+jwt', alg: 'ES256', kid: 'ec' },
      payload: {
        ...user,
        aud: ['https://other.example.com/', audience],
        roles: ['editor'],
        auth_time: now - 90,
        acr: '1',
      },
      scopes: ['openid', 'profile', 'reademail'],
      roles: ['editor'],
    },
  ],
  // OpenID Connect Core §2.
  idToken: {
    header: { alg: 'RS256', kid: 'RjEwOwOA' },
    payload: {
      iss: issuer,
      sub: '5ba552d67',
      aud: audience,
      nonce: 'n-0S6_WzA2Mj',
      ...times(3600),
      auth_time: now - 90,
    },
  },
  idTokenRefusal: 'header',
  required: ['client_id', 'iat', 'jti'],
  wrongForms: {
    client_id: [5, '', ['s6BhdRkqt3'], null],
    iat: ['1639528912', 0, 1.5],
    jti: ['', 5, null],
    auth_time: ['1639528912', null],
    scope: [['openid'], 5, null],
    roles: ['editor', [5], null],
    aud: [[audience, 5]],
  },
  bad: [
    { title: 'an ID token that is typed JWT', header: { typ: 'JWT' }, refusal: 'invalid_token: header' },
    { title: 'typ in capitals, as in the figure of §3', header: { typ: 'at+JWT' }, refusal: 'invalid_token: header' },
  ],
};
