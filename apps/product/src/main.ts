import { openProductDb } from '@auth/db/product';
import { adminApp, auditCalls, createLog, createMetrics, createReadiness, runService } from '@auth/http';
import { loadServiceKeys } from '@auth/keys';
import { createAccessTokenVerifier, createServiceTokenVerifier, createSingleUseStore, observed } from '@auth/verify';
import { buildApp } from './app.ts';
import { parseConfig } from './config.ts';
import { createProductStore } from './product-store.ts';
import { createProducts } from './products.ts';
import { createQuotes } from './quotes.ts';

await runService(process, 'product', async (env) => {
  const { port, host, admin, drainDelayMs, ...config } = parseConfig(env);
  const log = createLog({ service: 'product', isTerminal: process.stdout.isTTY, ...config.log });
  const metrics = createMetrics({ service: 'product' });
  const { issuer, publicKeys, accepts } = await loadServiceKeys('product', config.keys);
  const db = openProductDb(config.database);
  const store = createProductStore(db);
  const now = () => Date.now() / 1000;
  const readiness = createReadiness({ database: db.ping });
  metrics.gauge('db_pool_connections', 'Database connections by state.', 'state', db.poolStats);
  const verify = observed(
    createAccessTokenVerifier({ issuer, audience: 'product', keys: publicKeys, revocations: null, now }),
    (outcome) => metrics.countVerification('access', outcome),
  );
  const singleUse = createSingleUseStore({ capacity: 100_000, now });
  const app = buildApp({
    products: createProducts({ store }),
    quotes: createQuotes({ store }),
    verify,
    calls: createServiceTokenVerifier({ service: 'product', keys: accepts, accessTokens: null, singleUse, now }),
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
