import { type AccessTokenProfile, frozen } from '../access-token-profile.ts';

/**
 * The profile of JWT access tokens of RFC 9068, for every issuer that follows it. Source: RFC 9068,
 * https://www.rfc-editor.org/rfc/rfc9068
 */
export const rfc9068 = frozen({
  // §4: "at+jwt" or "application/at+jwt", and no other value.
  typ: ['at+jwt', 'application/at+jwt'],
  otherHeaderMembers: [],
  // §2.1: signed, never "none", RS256 at least. A key says with `alg` which of these is its own.
  algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA', 'Ed25519'],
  jwk: { alg: 'required', use: 'required' },
  // §2.2, in one of the two forms of RFC 7519 §4.1.3.
  audience: { claim: 'aud', forms: ['text', 'texts'] },
  claims: {
    // §2.2
    client_id: 'text',
    iat: 'seconds',
    jti: 'text',
    // §2.2.1: for tokens of a user
    auth_time: 'seconds?',
  },
  fixed: {},
  // RFC 7800 §3.1: bound to a key, which is not checked here.
  absent: ['cnf'],
  // §2.2.3: if the request had a scope
  scopes: { path: ['scope'], form: 'words', isRequired: false },
  // §2.2.3.1
  roles: { path: ['roles'], form: 'texts', isRequired: false },
  session: null,
  // The RFC names no limit. This is the default of this package.
  maxLifetimeSeconds: 3600,
  maxLength: 8192,
  // §5: an ID token has another `typ`, or none.
  refusesIdTokenBy: 'header',
} as const satisfies AccessTokenProfile);
