import type { Order as OrderView } from '@auth/contracts';
import type { Order } from './order.ts';

/** Converts an order to its public JSON form. */
export function viewOf({ id, status, items, total, currency, contact, createdAt }: Order): OrderView {
  return {
    id,
    status,
    items: [...items],
    total,
    currency,
    contact: contact ?? null,
    createdAt: createdAt.toISOString(),
  };
}
