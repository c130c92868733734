// A library of pnpm bench:issuer-away, as a process: Express 5 with one guard for each message, each with keys of its own.
import process from 'node:process';
import { JwtVerifier } from 'aws-jwt-verify';
import express from 'express';
import { expressjwt } from 'express-jwt';
import { auth } from 'express-oauth2-jwt-bearer';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import jwksRsa from 'jwks-rsa';
import { bearerOf } from './guards/bearer.mjs';

/** Each as its own documentation shows it. The ages and cooldowns are the default unless a situation needs a shorter one. */
const guards = {
  jose: ({ issuer, audience, jwksUrl, cacheMs, cooldownMs }) => {
    const times = { ...(cacheMs && { cacheMaxAge: cacheMs }), ...(cooldownMs && { cooldownDuration: cooldownMs }) };
    const keys = createRemoteJWKSet(new URL(jwksUrl), times);
    const options = { algorithms: ['RS256'], issuer, audience, typ: 'at+jwt', requiredClaims: ['exp'] };
    return async (req, _res, next) => {
      await jwtVerify(bearerOf(req) ?? '', keys, options);
      next();
    };
  },
  'express-oauth2-jwt-bearer': ({ issuer, audience, cacheMs, cooldownMs }) => {
    const times = { ...(cacheMs && { cacheMaxAge: cacheMs }), ...(cooldownMs && { cooldownDuration: cooldownMs }) };
    return auth({ issuerBaseURL: issuer, audience, tokenSigningAlg: 'RS256', ...times });
  },
  'aws-jwt-verify': ({ issuer, audience, jwksUrl }) => {
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri: jwksUrl });
    return async (req, res, next) => {
      try {
        await verifier.verify(bearerOf(req) ?? '');
      } catch (error) {
        // As the example for Express in its README does.
        refuse(res, 403, error);
        return;
      }
      next();
    };
  },
  'jwks-rsa': (settings) => withJwksRsa(settings, {}),
  'jwks-rsa-fallback': (settings) => withJwksRsa(settings, { cacheMaxAgeFallback: 86_400_000 }),
};

function withJwksRsa({ issuer, audience, jwksUrl, cacheMs }, fallback) {
  const common = { cache: true, rateLimit: true, jwksRequestsPerMinute: 5, jwksUri: jwksUrl };
  const secret = jwksRsa.expressJwtSecret({ ...common, ...(cacheMs && { cacheMaxAge: cacheMs }), ...fallback });
  return expressjwt({ secret, audience, issuer, algorithms: ['RS256'] });
}

process.once('disconnect', () => process.exit());
process.on('message', ({ library, settings }) => {
  const app = express();
  app.get('/', guards[library](settings), (_req, res) => res.end());
  // The status that Express would give the error. It recognises an error handler by its four parameters.
  app.use((error, _req, res, _next) => refuse(res, error.status ?? error.statusCode ?? 500, error));
  const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});

function refuse(res, status, error) {
  const thrown = error.code ?? error.cause?.code ?? error.constructor.name;
  res.status(status).set('X-Thrown', String(thrown)).end();
}
