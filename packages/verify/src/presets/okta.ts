import { type AccessTokenProfile, frozen } from '../access-token-profile.ts';

/**
 * The profile of access tokens of a custom authorization server of Okta. Those of the org authorization server are not
 * meant for other services. Sources: https://developer.okta.com/docs/concepts/oauth-claims/ and
 * https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
 */
export const okta = frozen({
  // The header is `alg` and `kid`.
  typ: [null],
  otherHeaderMembers: [],
  // "This is always RS256."
  algorithms: ['RS256'],
  jwk: { alg: 'required', use: 'required' },
  // The audience of the authorization server, as text in every example.
  audience: { claim: 'aud', forms: ['text'] },
  claims: {
    cid: 'text',
    iat: 'seconds',
    jti: 'text',
    // "not included in the access token if there is no user bound to it"
    uid: 'text?',
    auth_time: 'seconds?',
  },
  fixed: { ver: 1 },
  // `cnf`: bound to a key, which is not checked here (https://developer.okta.com/docs/guides/dpop/). The others are claims
  // of ID tokens, and not among those of access tokens.
  absent: ['cnf', 'nonce', 'at_hash', 'c_hash'],
  // An array, and "ID tokens can contain claims, but not scopes".
  scopes: { path: ['scp'], form: 'texts', isRequired: true },
  // Groups are a claim of your own, under a name of your own: see docs/issuers.md.
  roles: null,
  session: null,
  // Every example has one hour. The access policy can set 5 minutes to 24 hours.
  maxLifetimeSeconds: 3600,
  maxLength: 8192,
  // An ID token has neither `cid` nor `scp`.
  refusesIdTokenBy: 'claims',
} as const satisfies AccessTokenProfile);
