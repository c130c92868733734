// The service of the comparison, as a process: the same work behind every way of finding out who asks.
import { openProductDb } from '@auth/db/product';
import { createLog, createMetrics, createReadiness, runService } from '@auth/http';
import { loadServiceKeys } from '@auth/keys';
import { openRevocations } from '@auth/revocation';
import { createAccessTokenVerifier } from '@auth/verify';
import { requireScope, requireUser } from '@auth/verify/express';
import { requireAnswerOfUser } from './ask-user.ts';
import { openPostgresSessions, openRedisSessions } from './session-store.ts';
import { requireSharedSession } from './shared-session.ts';
import { buildShop } from './shop-app.ts';

const scope = 'product:read';

await runService(process, 'shop', async (env) => {
  const setting = (name: string) => env[name] ?? '';
  const now = () => Date.now() / 1000;
  const log = createLog({ service: 'shop', level: 'info', format: 'json' });
  const { issuer, publicKeys } = await loadServiceKeys('product', {
    file: setting('AUTH_KEYS_FILE'),
    production: false,
  });
  const trust = { issuer, now };
  const revocations = openRevocations({ ...trust, keys: () => publicKeys, url: setting('REVOCATIONS') });
  const verify = createAccessTokenVerifier({ ...trust, audience: 'product', keys: publicKeys, revocations });
  const db = openProductDb({ url: setting('DATABASE_URL') });
  const postgres = await openPostgresSessions(setting('SESSIONS_URL'));
  const redis = env['REDIS_URL'] === undefined ? undefined : await openRedisSessions(env['REDIS_URL']);
  const readiness = createReadiness({ database: db.ping, revocations: revocations.ready });
  const guards = {
    '/open/products': [],
    '/products': [requireUser(verify), requireScope(scope)],
    '/shared-postgres/products': [requireSharedSession(postgres, scope)],
    ...(redis && { '/shared-redis/products': [requireSharedSession(redis, scope)] }),
    '/ask-user/products': [requireAnswerOfUser(setting('USER_URL'), 'customer')],
  };
  return {
    app: buildShop({ guards, db, log, readiness, metrics: createMetrics({ service: 'shop' }) }),
    ...{ log, readiness, drainDelayMs: 0, port: Number(setting('PORT')), host: setting('HOST') },
    async close() {
      await Promise.all([revocations.close(), postgres.close(), redis?.close(), db.close()]);
    },
  };
});
