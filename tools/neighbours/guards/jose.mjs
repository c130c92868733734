import { importJWK, jwtVerify } from 'jose';
import { bearerOf, hasScope } from './bearer.mjs';

/** jose, with a key that was imported at the start. */
export async function openGuard({ issuer, audience, scope, jwks }) {
  const key = await importJWK(jwks.keys[0]);
  const options = { algorithms: ['RS256'], issuer, audience, typ: 'at+jwt' };
  const guard = async (req, res, next) => {
    try {
      const { payload } = await jwtVerify(bearerOf(req) ?? '', key, options);
      req.user = payload;
    } catch {
      res.status(401).end();
      return;
    }
    if (hasScope(req.user, scope)) next();
    else res.status(403).end();
  };
  return { guards: [guard], userOf: (req) => req.user.sub };
}
