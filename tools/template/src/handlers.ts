import type { RouteHandlers } from '@auth/http';
// for each callee:
import type { OrderClient } from './order-client.ts';
// end
import type { routes } from './routes.ts';
import type { Things } from './things.ts';

// with calls:
/** Clients of the services that template calls. */
export interface Clients {
  // for each callee:
  readonly order: OrderClient;
  // end
}
// end

export interface Parts {
  readonly things: Things;
  // with calls:
  readonly clients: Clients;
  // end
}

/** Creates the handlers of the public routes. */
export function createHandlers({ things, clients }: Parts): RouteHandlers<typeof routes> {
  return {
    async 'GET /things/:id'({ params: { id } }) {
      return { body: await things.get(id) };
    },
    // for each call:
    async 'GET /order/orders/:id'(input) {
      return { body: await clients.order.call('order:orders.read', input) };
    },
    // end
  };
}
