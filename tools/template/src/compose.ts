import { outgoingHeaders } from '@auth/http';
import type { AppParts, Composition, ServiceParts } from '@auth/service';
import { buildApp } from './app.ts';
import type { parseConfig } from './config.ts';
import type { Clients } from './handlers.ts';
// for each callee:
import { createOrderClient } from './order-client.ts';
// end
import { createThingStore } from './thing-store.ts';
import { createThings } from './things.ts';

/** The opened resources that the template app uses. */
export interface Resources {
  readonly service: AppParts;
  // with calls:
  readonly clients: Clients;
  // end
}

/** Composes the template app. It has no background work. */
export function compose({ service, clients }: Resources): Composition {
  return { app: buildApp({ ...service, things: createThings({ store: createThingStore() }), clients }) };
}

// with calls:
/** Creates the HTTP clients of the services that template calls. */
export function openClients(config: ReturnType<typeof parseConfig>, { signer }: Pick<ServiceParts, 'signer'>): Clients {
  const connection = { signer, headers: outgoingHeaders };
  return {
    // for each callee:
    order: createOrderClient({ ...connection, baseUrl: config.orderUrl }),
    // end
  };
}
// end
