import { expressjwt } from 'express-jwt';
import { hasScope } from './bearer.mjs';
import { publicKeyOf } from './public-key.mjs';

/** express-jwt, with a check of the scope in `req.auth`. */
export async function openGuard({ issuer, audience, scope, jwks }) {
  const authenticate = expressjwt({ secret: publicKeyOf(jwks), algorithms: ['RS256'], issuer, audience });
  const authorize = (req, res, next) => {
    if (hasScope(req.auth, scope)) next();
    else res.status(403).end();
  };
  return { guards: [authenticate, authorize], userOf: (req) => req.auth.sub };
}
