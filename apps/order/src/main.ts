import { isDatabaseUnavailable } from '@auth/db/errors';
import { openOrderDb } from '@auth/db/order';
import { outgoingHeaders, runService } from '@auth/http';
import { openService } from '@auth/service';
import { buildApp } from './app.ts';
import { parseConfig } from './config.ts';
import { createIdempotency } from './idempotency.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { openKeyCleanup } from './key-cleanup.ts';
import { createOrderStore } from './order-store.ts';
import { createOrders } from './orders.ts';
import { createProductClient } from './product-client.ts';
import { createUserClient } from './user-client.ts';

await runService(process, 'order', async (env) => {
  const config = parseConfig(env);
  const db = openOrderDb(config.database);
  const service = await openService({ service: 'order', config, database: db });
  const { log, metrics, signer, now } = service;
  const keys = { store: createIdempotencyStore(db), keepSeconds: 86_400, now };
  const idempotency = createIdempotency({ ...keys, leaseSeconds: 20, keysPerUser: config.idempotencyKeysPerUser });
  const catalog = createProductClient({ signer, baseUrl: config.productUrl, headers: outgoingHeaders });
  const contacts = createUserClient({
    signer,
    baseUrl: config.userUrl,
    headers: outgoingHeaders,
    timeoutMs: 1500,
    onMissed: (error) => log.warn({ reason: error.message }, 'no contact for now: it is attached on a later read'),
  });
  const orders = createOrders({ store: createOrderStore(db), idempotency, catalog, contacts });
  const countRemoved = metrics.counter('order_rows_removed_total', 'Rows removed in the background.', ['table']);
  const cleanup = openKeyCleanup({
    ...keys,
    onRemoved: (rows) => countRemoved({ table: 'idempotency_keys' }, rows),
    onError(err) {
      // Of its own state the database tells, once.
      if (!isDatabaseUnavailable(err)) log.warn({ err }, 'old idempotency keys could not be removed');
    },
  });
  return service.serve({ app: buildApp({ ...service, orders }), startBackground: () => cleanup });
});
