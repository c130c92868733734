// @auth/verify in pnpm bench:issuer-away, as a process: Express 5 with one guard for each message, each with keys of its own.

import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { createAccessTokenVerifier } from '@auth/verify';
import { refusalOf, requireUser } from '@auth/verify/express';
import { createJwksSource } from '@auth/verify/jwks';
import express, { type ErrorRequestHandler } from 'express';
import type { GuardSettings } from './situations.ts';

const now = () => Date.now() / 1000;

process.once('disconnect', () => process.exit());
process.on('message', ({ settings }: { readonly settings: GuardSettings }) => {
  const { issuer, audience, jwksUrl, cacheMs, cooldownMs } = settings;
  const times = {
    ...(cacheMs !== undefined && { freshForSeconds: cacheMs / 1000 }),
    ...(cooldownMs !== undefined && { cooldownSeconds: cooldownMs / 1000 }),
  };
  const source = createJwksSource({ url: jwksUrl, now, ...times });
  const common = { issuer, audience, revocations: null, now };
  const verifier = createAccessTokenVerifier({ ...common, keys: source.keys, onUnknownKid: source.refreshSoon });
  void source.start();
  const app = express();
  app.get('/', requireUser(verifier), (_req, res) => void res.end());
  app.use(refuse);
  const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
});

// Express recognises an error handler by its four parameters.
const refuse: ErrorRequestHandler = (error, _req, res, _next) => {
  const { status = 500, code = String(error) } = refusalOf(error) ?? {};
  res.status(status).set('X-Thrown', code).end();
};
