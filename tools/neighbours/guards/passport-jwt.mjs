import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { hasScope } from './bearer.mjs';
import { publicKeyOf } from './public-key.mjs';

/** passport with passport-jwt, without sessions. */
export async function openGuard({ issuer, audience, scope, jwks }) {
  const strategy = new Strategy(
    {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: publicKeyOf(jwks),
      ...{ algorithms: ['RS256'], issuer, audience },
    },
    (claims, done) => done(null, claims),
  );
  const authorize = (req, res, next) => {
    if (hasScope(req.user, scope)) next();
    else res.status(403).end();
  };
  return {
    guards: [passport.authenticate(strategy, { session: false }), authorize],
    userOf: (req) => req.user.sub,
  };
}
