import { type AccessTokenProfile, frozen } from '../access-token-profile.ts';

/**
 * The profile of v2.0 access tokens of Microsoft Entra ID, for an API of your own. Source:
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export const entra = frozen({
  typ: ['JWT'],
  // A v1.0 token has x5t as well.
  otherHeaderMembers: [],
  // The page names RS256 as an example, and no other.
  algorithms: ['RS256'],
  // https://learn.microsoft.com/entra/identity-platform/access-tokens: the keys that it prints have `use` and no `alg`.
  jwk: { alg: 'optional', use: 'required' },
  // "In v2.0 tokens, this value is always the client ID of the API."
  audience: { claim: 'aud', forms: ['text'] },
  claims: {
    // "only present in v2.0 tokens". The page of ID tokens does not list it, and no policy can add it:
    // https://learn.microsoft.com/entra/identity-platform/reference-claims-mapping-policy-type
    azp: 'text',
    iat: 'seconds',
    // "equivalent to jti"
    uti: 'text',
    // Both need the scope `profile` in tokens of users.
    oid: 'text?',
    tid: 'text?',
  },
  fixed: { ver: '2.0' },
  // `cnf`: bound to a key (RFC 7800 §3.1), which is not checked here. The others are claims of ID tokens
  // (https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference).
  absent: ['cnf', 'nonce', 'at_hash', 'c_hash'],
  // "Only included for user tokens."
  scopes: { path: ['scp'], form: 'words', isRequired: false },
  roles: { path: ['roles'], form: 'texts', isRequired: false },
  session: null,
  // https://learn.microsoft.com/entra/identity-platform/access-tokens#token-lifetime: 60 to 90 minutes, two hours for some
  // clients. https://learn.microsoft.com/entra/identity-platform/configurable-token-lifetimes: a policy can set up to a day.
  maxLifetimeSeconds: 7200,
  // Up to 200 groups: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
  maxLength: 16_384,
  // An ID token has the same header, `ver` and perhaps `aud`, but no `azp`.
  refusesIdTokenBy: 'claims',
} as const satisfies AccessTokenProfile);
