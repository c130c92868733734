import { type AccessTokenProfile, frozen } from '../access-token-profile.ts';

/**
 * The profile of access tokens of Auth0 in its default dialect, the Auth0 token profile. For an API with the RFC 9068
 * dialect, use `rfc9068`. Source: https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 */
export const auth0 = frozen({
  typ: ['JWT'],
  otherHeaderMembers: [],
  // https://auth0.com/docs/get-started/applications/signing-algorithms: HS256 as well, which a service could sign itself.
  algorithms: ['RS256', 'PS256'],
  // https://auth0.com/docs/secure/tokens/json-web-tokens/json-web-key-set-properties: `alg` unless it is turned off.
  jwk: { alg: 'required', use: 'required' },
  // A list, with the URL of /userinfo, where the scope holds openid.
  audience: { claim: 'aud', forms: ['text', 'texts'] },
  claims: { azp: 'text', iat: 'seconds' },
  fixed: {},
  // `cnf`: bound to a key or certificate (RFC 7800 §3.1), which is not checked here. The others are claims of ID tokens
  // (OpenID Connect Core §2, §3.3.2.11), and not in the table of either dialect.
  absent: ['cnf', 'nonce', 'at_hash', 'c_hash'],
  scopes: { path: ['scope'], form: 'words', isRequired: true },
  // `permissions` depends on the API: see docs/issuers.md.
  roles: null,
  session: null,
  // https://auth0.com/docs/secure/tokens/access-tokens/update-access-token-lifetime: 24 hours unless the API has another.
  maxLifetimeSeconds: 86_400,
  maxLength: 8192,
  // An ID token has neither `azp` nor `scope`: https://auth0.com/docs/secure/tokens/id-tokens/id-token-structure
  refusesIdTokenBy: 'claims',
} as const satisfies AccessTokenProfile);
