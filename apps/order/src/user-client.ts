import { operationsBetween } from '@auth/contracts';
import type { ServiceClientOptions } from '@auth/verify/client';
import { createServiceClient, UpstreamError } from '@auth/verify/client';
import type { Contacts } from './orders.ts';

interface Connection extends Omit<ServiceClientOptions<never>, 'operations'> {
  /** Told when a contact could not be had; the order goes on without it. */
  readonly onMissed: (error: UpstreamError) => void;
}

/** User, as far as orders need it: it may be down, so it may have no answer. */
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
