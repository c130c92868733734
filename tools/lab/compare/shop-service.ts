// The service of the comparison, as a process: one route for each way to authenticate a request, with the same work behind it.
import { isDatabaseUnavailable, openProductDb } from '@auth/db/product';
import {
  createApp,
  createLog,
  createMetrics,
  createReadiness,
  finishApp,
  getRoutes,
  Problem,
  readParams,
  refusalProblem,
  runService,
  versionTag,
} from '@auth/http';
import { loadServiceKeys } from '@auth/keys';
import { openRevocations } from '@auth/revocation';
import { createAccessTokenVerifier } from '@auth/verify';
import { identityOf, refusalOf, requireScope, requireUser } from '@auth/verify/express';
import * as z from 'zod';
import { openPostgresSessions, openRedisSessions } from './session-store.ts';
import { type Guard, requireAnswerOfUser, requireSharedSession } from './shop-guards.ts';

const scope = 'product:read';
const Id = z.object({ id: z.uuid() });

await runService(process, 'shop', async (env) => {
  const setting = (name: string) => env[name] ?? '';
  const now = () => Date.now() / 1000;
  const log = createLog({ service: 'shop', level: 'info', format: 'json' });
  const { issuer, publicKeys } = await loadServiceKeys('product', {
    file: setting('AUTH_KEYS_FILE'),
    production: false,
  });
  const revocations = openRevocations({ issuer, now, keys: () => publicKeys, url: setting('REVOCATIONS') });
  const verify = createAccessTokenVerifier({ issuer, now, audience: 'product', keys: publicKeys, revocations });
  const db = openProductDb({ url: setting('DATABASE_URL') });
  const postgres = await openPostgresSessions(setting('SESSIONS_URL'));
  const redis = env['REDIS_URL'] === undefined ? undefined : await openRedisSessions(env['REDIS_URL']);
  const readiness = createReadiness({ database: db.ping, revocations: revocations.ready });
  const guards: Readonly<Record<string, readonly Guard[]>> = {
    '/open/products': [],
    '/products': [requireUser(verify), requireScope(scope)],
    '/shared-postgres/products': [requireSharedSession(postgres, scope)],
    ...(redis && { '/shared-redis/products': [requireSharedSession(redis, scope)] }),
    '/ask-user/products': [requireAnswerOfUser(setting('USER_URL'), 'customer')],
  };
  const metrics = createMetrics({ service: 'shop' });
  const app = createApp({ log, readiness, metrics, identify: identityOf, currentContext: false });
  const answer: Guard = async (req, res) => {
    // Not `findUnique`: Prisma batches those of one turn of the event loop, which favours a fast store.
    const product = await db.client.product.findFirst({ where: { id: readParams(req, Id).id } });
    if (product === null) throw new Problem('not_found');
    res.set('ETag', versionTag(product.version)).json(product);
  };
  app.use(
    getRoutes(Object.fromEntries(Object.entries(guards).map(([path, guard]) => [`${path}/:id`, [...guard, answer]]))),
  );
  return {
    app: finishApp(app, {
      log,
      translate: [
        (error) => refusalProblem(refusalOf(error)),
        (error) => (isDatabaseUnavailable(error) ? new Problem('unavailable', { cause: error }) : undefined),
      ],
    }),
    log,
    readiness,
    drainDelayMs: 0,
    port: Number(setting('PORT')),
    host: setting('HOST'),
    async close() {
      await Promise.all([revocations.close(), postgres.close(), redis?.close(), db.close()]);
    },
  };
});
