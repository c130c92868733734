import jwt from 'jsonwebtoken';
import { bearerOf, hasScope } from './bearer.mjs';
import { publicKeyOf } from './public-key.mjs';

/** jsonwebtoken, written inline. */
export async function openGuard({ issuer, audience, scope, jwks }) {
  const key = publicKeyOf(jwks);
  const options = { algorithms: ['RS256'], issuer, audience };
  const guard = (req, res, next) => {
    try {
      req.user = jwt.verify(bearerOf(req), key, options);
    } catch {
      res.status(401).end();
      return;
    }
    if (hasScope(req.user, scope)) next();
    else res.status(403).end();
  };
  return { guards: [guard], userOf: (req) => req.user.sub };
}
