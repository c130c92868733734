import { operationsBetween } from '@auth/contracts';
import { createServiceClient, type ServiceClientOptions, UpstreamError } from '@auth/verify/client';
import type { Contacts } from './orders.ts';

interface Connection extends Omit<ServiceClientOptions<never>, 'operations'> {
  /** Called when a contact is unavailable; the request continues without it. */
  readonly onMissed: (error: UpstreamError) => void;
}

/**
 * Creates the client of the user service. `find` returns `undefined` when the call fails, since the service may be
 * down.
 */
export function createUserClient({ onMissed, ...connection }: Connection): Contacts {
  const client = createServiceClient({ ...connection, operations: operationsBetween('order', 'user') });
  return {
    async find(id, accessToken) {
      try {
        return await client.call('user:contacts.read', { params: { id }, accessToken });
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        onMissed(error);
        return undefined;
      }
    },
  };
}
