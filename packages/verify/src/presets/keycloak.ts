import { type AccessTokenProfile, frozen } from '../access-token-profile.ts';

/**
 * The profile of access tokens of Keycloak 25 and later. Sources: its server administration guide,
 * https://www.keycloak.org/docs/latest/server_admin/, its upgrading guide,
 * https://www.keycloak.org/docs/latest/upgrading/, and where they are silent its source code,
 * https://github.com/keycloak/keycloak
 */
export const keycloak = frozen({
  // Source code, DefaultTokenManager: "JWT", or "at+jwt" where the client asks for it
  // (https://github.com/keycloak/keycloak/pull/37573).
  typ: ['JWT', 'at+jwt'],
  otherHeaderMembers: [],
  // https://www.keycloak.org/docs-api/latest/javadocs/org/keycloak/crypto/Algorithm.html, those of this package.
  // RS256 unless realm or client choose another (DefaultTokenManager).
  algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'],
  // Source code, JWKSServerUtils and JWKBuilder: every key has both.
  jwk: { alg: 'required', use: 'required' },
  // https://www.keycloak.org/docs/latest/server_admin/#audience-support: a text, a list, or absent without an audience
  // mapper. A token without it is rejected.
  audience: { claim: 'aud', forms: ['text', 'texts'] },
  claims: {
    // Source code, TokenManager.initToken: in every token.
    azp: 'text',
    iat: 'seconds',
    jti: 'text',
    // Source code, OAuth2GrantTypeBase: not in tokens of a transient session, such as those of service accounts.
    sid: 'text?',
    // https://www.keycloak.org/docs/latest/upgrading/ (25.0.0): from the mapper of the client scope `basic`.
    auth_time: 'seconds?',
  },
  // Source code, TokenManager and TokenUtil: "Bearer" in an access token, "ID" in an ID token, "Refresh", "Offline" and
  // "Logout" in others. No mapper can change it (OIDCAttributeMapperHelper).
  fixed: { typ: 'Bearer' },
  // RFC 7800 §3.1: bound to a key or certificate, which is not checked here.
  absent: ['cnf'],
  // Source code, TokenManager.initToken: in every token, perhaps empty.
  scopes: { path: ['scope'], form: 'words', isRequired: true },
  // https://www.keycloak.org/docs/latest/server_admin/#_oidc_token_role_mappings: from the client scope `roles`.
  roles: { path: ['realm_access', 'roles'], form: 'texts', isRequired: false },
  session: null,
  // Keycloak names no limit; a new realm has 300 s (source code). This is the default of this package.
  maxLifetimeSeconds: 3600,
  // Roles make tokens long.
  maxLength: 16_384,
  // `typ` of the payload.
  refusesIdTokenBy: 'claims',
} as const satisfies AccessTokenProfile);
