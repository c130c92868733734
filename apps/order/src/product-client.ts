import { operationsBetween } from '@auth/contracts';
import { createServiceClient, type ServiceClientOptions } from '@auth/verify/client';
import type { Catalog } from './orders.ts';

type Connection = Omit<ServiceClientOptions<never>, 'operations'>;

/** Creates the client of the product service. */
export function createProductClient(connection: Connection): Catalog {
  const client = createServiceClient({ ...connection, operations: operationsBetween('order', 'product') });
  return { quote: (items) => client.call('product:quotes.create', { body: { items } }) };
}
