import { okta } from '../../src/presets/index.ts';
import { now, times, type Vendor, vendorKey } from './vendor.ts';

const issuer = 'https://dev-133337.okta.com/oauth2/default';
const audience = 'api://default';
const header = { alg: 'RS256', kid: '45js03w0djwedsw' };

// The examples of the pages on access tokens with other times.
const user = {
  ver: 1,
  jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
  iss: issuer,
  aud: audience,
  sub: '00ujmkLgagxeRrAg20g3',
  ...times(3600),
  cid: 'nmdP1fcyvdVO11AL7ECm',
  uid: '00ujmkLgagxeRrAg20g3',
  scp: ['openid', 'email', 'flights', 'custom'],
  auth_time: now - 90,
  custom_claim: 'CustomValue',
};

export const oktaVendor: Vendor = {
  name: 'okta',
  profile: okta,
  issuer,
  audience,
  keys: [vendorKey('RS256', { kid: header.kid, alg: 'RS256', use: 'sig' })],
  header,
  good: [
    { title: 'a user', payload: user, scopes: ['openid', 'email', 'flights', 'custom'], roles: [] },
    {
      title: 'an application: no uid',
      payload: { ...user, sub: 'nmdP1fcyvdVO11AL7ECm', uid: undefined, auth_time: undefined, scp: ['flights'] },
      scopes: ['flights'],
      roles: [],
    },
    {
      title: 'a user by the login, without auth_time, with groups',
      payload: { ...user, sub: 'joe.user@example.com', auth_time: undefined, groups: ['Everyone'], scp: ['openid'] },
      scopes: ['openid'],
      roles: [],
    },
  ],
  // The example of the page on customized tokens.
  idToken: {
    header,
    payload: {
      sub: '00uixa271s6x7qt8I0h7',
      ver: 1,
      iss: issuer,
      aud: audience,
      ...times(3600),
      jti: 'ID.T-ngjNl193t6rg3_eXifJatKDhLPviN8NG02wJLWf2g',
      amr: ['mfa', 'pwd', 'kba'],
      idp: '00oixa26ycdNcX0VT0h7',
      nonce: 'myNonceValue',
      auth_time: now - 90,
      IDTClaim: 'eng',
    },
  },
  idTokenRefusal: 'claims',
  required: ['cid', 'iat', 'jti', 'ver', 'scp'],
  wrongForms: {
    cid: [5, '', null],
    jti: ['', 5],
    uid: ['', null],
    auth_time: ['1467142021', 0],
    ver: ['1', 2, null, true],
    scp: ['openid', [5], [''], null],
  },
  bad: [
    {
      title: 'an ID token for a client with another name',
      claims: { aud: '0oaoesxtxmPf08QHk0h7', cid: undefined, scp: undefined, amr: ['pwd'] },
      refusal: 'invalid_token: audience',
    },
    {
      title: 'an ID token of the code flow, without a nonce',
      claims: { cid: undefined, uid: undefined, scp: undefined, amr: ['pwd'], idp: '00oixa26ycdNcX0VT0h7' },
      refusal: 'invalid_token: claims',
    },
    {
      title: 'the org authorization server',
      claims: { iss: 'https://dev-133337.okta.com', aud: 'https://dev-133337.okta.com' },
      refusal: 'invalid_token: audience',
    },
    {
      title: 'another authorization server with the same audience',
      claims: { iss: 'https://dev-133337.okta.com/oauth2/aus9s3ami4MRmVHeT0h7' },
      refusal: 'invalid_token: issuer',
    },
    { title: 'the audience in a list', claims: { aud: [audience] }, refusal: 'invalid_token: claims' },
    { title: 'typ JWT, which Okta does not set', header: { typ: 'JWT' }, refusal: 'invalid_token: header' },
  ],
};
