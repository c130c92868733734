import type { Quote, WantedItems } from '@auth/contracts';
import type { Product, ProductStore } from './products.ts';

export interface Quotes {
  /** Quotes current prices and names. Unavailable items are listed in `rejected`. Stock is checked, not reserved. */
  create(items: WantedItems): Promise<Quote>;
}

type Rejection = Quote['rejected'][number]['reason'];

/** Creates the rules of quotes. */
export function createQuotes({ store }: { store: Pick<ProductStore, 'findAll'> }): Quotes {
  return {
    async create(wanted) {
      const products = new Map((await store.findAll(wanted.map(({ productId }) => productId))).map((p) => [p.id, p]));
      const quote: Quote = { items: [], rejected: [] };
      for (const { productId, quantity } of wanted) {
        const product = products.get(productId);
        const reason = rejectionOf(product, quantity);
        if (product === undefined || reason !== undefined) {
          quote.rejected.push({ productId, reason: reason ?? 'unknown' });
        } else {
          const { name, price: unitPrice, currency } = product;
          quote.items.push({ productId, name, quantity, unitPrice, currency });
        }
      }
      return quote;
    },
  };
}

function rejectionOf(product: Product | undefined, quantity: number): Rejection | undefined {
  if (product === undefined) return 'unknown';
  if (!product.active) return 'inactive';
  return product.stock < quantity ? 'out_of_stock' : undefined;
}
