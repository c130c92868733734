import { isDatabaseUnavailable } from '@auth/db/errors';
import type { OrderDb } from '@auth/db/order';
import { outgoingHeaders } from '@auth/http';
import type { AppParts, Composition, ServiceParts } from '@auth/service';
import { buildApp } from './app.ts';
import type { parseConfig } from './config.ts';
import { createIdempotency } from './idempotency.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { openKeyCleanup } from './key-cleanup.ts';
import { createOrderStore } from './order-store.ts';
import { type Catalog, type Contacts, createOrders } from './orders.ts';
import { createProductClient } from './product-client.ts';
import { createUserClient } from './user-client.ts';

type Config = ReturnType<typeof parseConfig>;

/** Clients of the services that order calls. */
export interface Clients {
  readonly catalog: Catalog;
  readonly contacts: Contacts;
}

/** The opened resources that the order app uses. */
export interface Resources extends Clients {
  readonly config: Pick<Config, 'idempotencyKeysPerUser'>;
  readonly db: OrderDb;
  readonly service: AppParts & Pick<ServiceParts, 'now'>;
}

/** Composes the order app. Its background work removes expired idempotency keys. */
export function compose({ config, db, service, catalog, contacts }: Resources): Composition {
  const { log, metrics, now } = service;
  const retention = { store: createIdempotencyStore(db), keepSeconds: 86_400, now };
  const idempotency = createIdempotency({ ...retention, leaseSeconds: 20, keysPerUser: config.idempotencyKeysPerUser });
  const orders = createOrders({ store: createOrderStore(db), idempotency, catalog, contacts });
  const countRemoved = metrics.counter('order_rows_removed_total', 'Rows removed in the background.', ['table']);
  return {
    app: buildApp({ ...service, orders }),
    startBackground: () =>
      openKeyCleanup({
        ...retention,
        onRemoved: (rows) => countRemoved({ table: 'idempotency_keys' }, rows),
        onError(err) {
          // An unavailable database is already logged by `openService`, once.
          if (!isDatabaseUnavailable(err)) log.warn({ err }, 'old idempotency keys could not be removed');
        },
      }),
  };
}

/** Creates the HTTP clients of the product and the user service. */
export function openClients(
  config: Pick<Config, 'productUrl' | 'userUrl'>,
  { signer, log }: Pick<ServiceParts, 'signer' | 'log'>,
): Clients {
  const connection = { signer, headers: outgoingHeaders };
  return {
    catalog: createProductClient({ ...connection, baseUrl: config.productUrl }),
    contacts: createUserClient({
      ...connection,
      baseUrl: config.userUrl,
      timeoutMs: 1500,
      onMissed: (error) => log.warn({ reason: error.message }, 'no contact for now: it is attached on a later read'),
    }),
  };
}
