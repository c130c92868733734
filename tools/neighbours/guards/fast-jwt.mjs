import { createVerifier } from 'fast-jwt';
import { bearerOf, hasScope } from './bearer.mjs';
import { publicKeyOf } from './public-key.mjs';

/** fast-jwt with a cache as large as ours. The key is the token itself: its hash, the default, costs more. */
export async function openGuard({ issuer, audience, scope, jwks }) {
  const verify = createVerifier({
    key: publicKeyOf(jwks).export({ type: 'spki', format: 'pem' }),
    ...{ algorithms: ['RS256'], allowedIss: issuer, allowedAud: audience },
    ...{ cache: 10_000, cacheKeyBuilder: (token) => token },
  });
  const guard = (req, res, next) => {
    try {
      req.user = verify(bearerOf(req));
    } catch {
      res.status(401).end();
      return;
    }
    if (hasScope(req.user, scope)) next();
    else res.status(403).end();
  };
  return { guards: [guard], userOf: (req) => req.user.sub };
}
