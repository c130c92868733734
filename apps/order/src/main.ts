import { openOrderDb } from '@auth/db/order';
import {
  adminApp,
  auditCalls,
  createLog,
  createMetrics,
  createReadiness,
  outgoingHeaders,
  runService,
} from '@auth/http';
import { loadServiceKeys } from '@auth/keys';
import {
  createAccessTokenVerifier,
  createServiceTokenSigner,
  createServiceTokenVerifier,
  createSingleUseStore,
  observed,
} from '@auth/verify';
import { buildApp } from './app.ts';
import { parseConfig } from './config.ts';
import { createIdempotency } from './idempotency.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createOrderStore } from './order-store.ts';
import { createOrders } from './orders.ts';
import { createProductClient } from './product-client.ts';
import { createUserClient } from './user-client.ts';

await runService(process, 'order', async (env) => {
  const { port, host, admin, drainDelayMs, ...config } = parseConfig(env);
  const log = createLog({ service: 'order', isTerminal: process.stdout.isTTY, ...config.log });
  const metrics = createMetrics({ service: 'order' });
  const { issuer, publicKeys, accepts, calls: callKeys } = await loadServiceKeys('order', config.keys);
  const db = openOrderDb(config.database);
  const now = () => Date.now() / 1000;
  const readiness = createReadiness({ database: db.ping });
  metrics.gauge('db_pool_connections', 'Database connections by state.', 'state', db.poolStats);
  const verify = observed(
    createAccessTokenVerifier({ issuer, audience: 'order', keys: publicKeys, revocations: null, now }),
    (outcome) => metrics.countVerification('access', outcome),
  );
  const singleUse = createSingleUseStore({ capacity: 100_000, now });
  const signer = createServiceTokenSigner({ service: 'order', keys: callKeys, now });
  const orders = createOrders({
    store: createOrderStore(db),
    idempotency: createIdempotency({
      store: createIdempotencyStore(db),
      leaseSeconds: 20,
      keepSeconds: 86_400,
      now,
    }),
    catalog: createProductClient({ signer, baseUrl: config.productUrl, headers: outgoingHeaders }),
    contacts: createUserClient({
      signer,
      baseUrl: config.userUrl,
      headers: outgoingHeaders,
      timeoutMs: 1500,
      onMissed: (error) => log.warn({ reason: error.message }, 'no contact for now: it is attached on a later read'),
    }),
  });
  const app = buildApp({
    orders,
    verify,
    calls: createServiceTokenVerifier({ service: 'order', keys: accepts, accessTokens: verify, singleUse, now }),
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
