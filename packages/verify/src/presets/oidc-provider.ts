import { type AccessTokenProfile, frozen } from '../access-token-profile.ts';

/**
 * The profile of JWT access tokens of oidc-provider 9, for a resource server with `accessTokenFormat: 'jwt'`. Sources:
 * https://github.com/panva/node-oidc-provider/blob/main/docs/README.md, and its source code where a path is given.
 */
export const oidcProvider = frozen({
  // lib/models/formats/jwt.js
  typ: ['at+jwt'],
  otherHeaderMembers: [],
  // lib/helpers/defaults.js: RS256 unless `getResourceServerInfo` chooses another. One for each kind of key, so that a key
  // without `alg` has one.
  algorithms: ['RS256', 'ES256', 'ES384', 'EdDSA'],
  // lib/helpers/initialize_keystore.js: `alg` as in `jwks`, or where only one fits; `use` unless encryption is enabled.
  jwk: { alg: 'optional', use: 'required' },
  // lib/models/token_helpers.js: always one audience
  audience: { claim: 'aud', forms: ['text'] },
  // lib/models/formats/jwt.js: always
  claims: { client_id: 'text', iat: 'seconds', jti: 'text' },
  fixed: {},
  // lib/models/formats/jwt.js: bound to a key or certificate, which is not checked here.
  absent: ['cnf'],
  // lib/models/formats/jwt.js: absent where it is empty
  scopes: { path: ['scope'], form: 'words', isRequired: false },
  roles: null,
  session: null,
  // lib/helpers/defaults.js: 3600 s, 600 s for client credentials; `accessTokenTTL` can be any.
  maxLifetimeSeconds: 3600,
  maxLength: 8192,
  // lib/models/id_token.js: an ID token has no `typ`.
  refusesIdTokenBy: 'header',
} as const satisfies AccessTokenProfile);
