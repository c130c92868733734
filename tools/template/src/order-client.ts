import { createServiceClient, type ServiceClientOptions } from '@auth/verify/client';
import { operationsBetween } from './contracts.ts';

type Connection = Omit<ServiceClientOptions<never>, 'operations'>;

/** Creates the client of the order service: it has the operations that list template as a caller, and no others. */
export function createOrderClient(connection: Connection) {
  return createServiceClient({ ...connection, operations: operationsBetween('template', 'order') });
}

export type OrderClient = ReturnType<typeof createOrderClient>;
