import { availableParallelism } from 'node:os';
import { services } from '@auth/contracts';
import { openUserDb } from '@auth/db/user';
import { adminApp, auditCalls, createLog, createMetrics, createReadiness, runService } from '@auth/http';
import { loadIssuerKeys } from '@auth/keys';
import { createAccessTokenVerifier, createServiceTokenVerifier, createSingleUseStore, observed } from '@auth/verify';
import { createAccountStore } from './account-store.ts';
import { createAccounts } from './accounts.ts';
import { buildApp } from './app.ts';
import { parseConfig } from './config.ts';
import { assertNoDemoAccounts } from './demo-account-store.ts';
import { allScopes } from './grants.ts';
import { createPasswords } from './passwords.ts';
import { createSessionStore } from './session-store.ts';
import { createSessions } from './sessions.ts';
import { createTokenIssuer } from './tokens.ts';
import { createUserAdmin } from './user-admin.ts';
import { createUserAdminStore } from './user-admin-store.ts';
import { createWorkQueue } from './work-queue.ts';

await runService(process, 'user', async (env) => {
  const { port, host, admin, drainDelayMs, production, ...config } = parseConfig(env);
  const log = createLog({ service: 'user', isTerminal: process.stdout.isTTY, ...config.log });
  const metrics = createMetrics({ service: 'user' });
  const { issuer, publicKeys, accepts, signing } = await loadIssuerKeys('user', config.keys);
  const db = openUserDb(config.database);
  if (production) await assertNoDemoAccounts(db);
  const now = () => Date.now() / 1000;
  const concurrency = Math.max(1, Math.min(availableParallelism() - 1, config.threads - 1));
  const queue = createWorkQueue({ concurrency, capacity: config.passwordQueueMax });
  metrics.gauge('password_jobs', 'Password hashes by state.', 'state', () => ({ ...queue.stats() }));
  const passwords = createPasswords({ cost: config.bcryptCost, queue });
  const tokens = createTokenIssuer({
    issuer,
    clientId: config.clientId,
    lifetimeSeconds: config.accessTokenSeconds,
    now,
    signingKey: () => signing.active,
  });
  const readiness = createReadiness({ database: db.ping });
  metrics.gauge('db_pool_connections', 'Database connections by state.', 'state', db.poolStats);
  const verify = observed(
    createAccessTokenVerifier({ issuer, audience: 'user', keys: publicKeys, revocations: null, now }),
    (outcome) => metrics.countVerification('access', outcome),
  );
  const singleUse = createSingleUseStore({ capacity: 100_000, now });
  const app = buildApp({
    accounts: createAccounts({ store: createAccountStore(db), passwords }),
    sessions: createSessions({
      store: createSessionStore(db),
      passwords,
      tokens,
      audience: services,
      sessionSeconds: config.sessionSeconds,
      now,
    }),
    admin: createUserAdmin({ store: createUserAdminStore(db), now }),
    discovery: { issuer, jwks: () => signing.jwks, scopes: allScopes },
    verify,
    calls: createServiceTokenVerifier({ service: 'user', keys: accepts, accessTokens: verify, singleUse, now }),
    audit: auditCalls({ log, metrics }),
    log,
    readiness,
    metrics,
  });
  return {
    app,
    admin: { ...admin, app: adminApp({ log, readiness, metrics }) },
    log,
    port,
    host,
    readiness,
    drainDelayMs,
    close: db.close,
  };
});
