import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';

/** express-oauth2-jwt-bearer, which fetches the keys once and keeps them. */
export async function openGuard({ issuer, audience, scope, jwksUrl }) {
  const authenticate = auth({ issuer, audience, jwksUri: jwksUrl, tokenSigningAlg: 'RS256', cacheMaxAge: 3_600_000 });
  return { guards: [authenticate, requiredScopes(scope)], userOf: (req) => req.auth.payload.sub };
}
