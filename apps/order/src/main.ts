import { openOrderDb } from '@auth/db/order';
import { outgoingHeaders, runService } from '@auth/http';
import { openService } from '@auth/service';
import { buildApp } from './app.ts';
import { parseConfig } from './config.ts';
import { createIdempotency } from './idempotency.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createOrderStore } from './order-store.ts';
import { createOrders } from './orders.ts';
import { createProductClient } from './product-client.ts';
import { createUserClient } from './user-client.ts';

await runService(process, 'order', async (env) => {
  const config = parseConfig(env);
  const db = openOrderDb(config.database);
  const service = await openService({ service: 'order', config, database: db });
  const { log, signer, now } = service;
  const idempotency = createIdempotency({
    store: createIdempotencyStore(db),
    leaseSeconds: 20,
    keepSeconds: 86_400,
    now,
  });
  const catalog = createProductClient({ signer, baseUrl: config.productUrl, headers: outgoingHeaders });
  const contacts = createUserClient({
    signer,
    baseUrl: config.userUrl,
    headers: outgoingHeaders,
    timeoutMs: 1500,
    onMissed: (error) => log.warn({ reason: error.message }, 'no contact for now: it is attached on a later read'),
  });
  const orders = createOrders({ store: createOrderStore(db), idempotency, catalog, contacts });
  return service.serve(buildApp({ ...service, orders }));
});
