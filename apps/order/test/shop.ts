import { randomUUID } from 'node:crypto';
import type { Contact } from '@auth/contracts';
import type { Catalog, Contacts } from '../src/orders.ts';

/** The contact of every user. */
export const contact: Contact = {
  name: 'Ada',
  email: 'ada@example.com',
  phone: '+442079460000',
  address: { line1: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
};

interface Offer {
  readonly name: string;
  readonly unitPrice: number;
  readonly currency: string;
}

/** Product and user services in memory, as order uses them. */
export interface Shop {
  readonly catalog: Catalog;
  readonly contacts: Contacts;
  /** Offers a product, and returns its id. */
  offer(offer?: Partial<Offer>): string;
}

/** Creates a shop that sells the offered products. */
export function createShop(): Shop {
  const offers = new Map<string, Offer>();
  return {
    catalog: {
      async quote(wanted) {
        const items = wanted.flatMap(({ productId, quantity }) => {
          const offer = offers.get(productId);
          return offer === undefined ? [] : [{ productId, quantity, ...offer }];
        });
        const unknown = wanted.filter(({ productId }) => !offers.has(productId));
        return { items, rejected: unknown.map(({ productId }) => ({ productId, reason: 'unknown' })) };
      },
    },
    contacts: { find: async () => contact },
    offer(offer = {}) {
      const id = randomUUID();
      offers.set(id, { name: 'Mug', unitPrice: 1250, currency: 'EUR', ...offer });
      return id;
    },
  };
}
