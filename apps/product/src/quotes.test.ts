import { describe, expect, it } from '@jest/globals';
import type { Product } from './products.ts';
import { createQuotes } from './quotes.ts';

const mug: Product = {
  id: 'mug',
  sku: 'MUG',
  name: 'Mug',
  description: '',
  price: 1250,
  currency: 'EUR',
  stock: 3,
  active: true,
  version: 1,
};

/** Quotes a quantity of a product. */
function quoteFor(product: Product | undefined, quantity: number) {
  const quotes = createQuotes({ store: { findAll: async () => (product === undefined ? [] : [product]) } });
  return quotes.create([{ productId: 'mug', quantity }]);
}

describe('a quote', () => {
  it.each([1, 2, 3])('has a price when %d of 3 are wanted', async (quantity) => {
    const item = { productId: 'mug', name: 'Mug', quantity, unitPrice: 1250, currency: 'EUR' };
    expect(await quoteFor(mug, quantity)).toEqual({ items: [item], rejected: [] });
  });

  it.each([
    ['unknown', undefined, 1],
    ['out_of_stock', mug, 4],
    ['out_of_stock', { ...mug, stock: 0 }, 1],
    ['inactive', { ...mug, active: false }, 1],
    ['inactive', { ...mug, active: false, stock: 0 }, 1],
  ] as const)('rejects as %s', async (reason, product, quantity) => {
    expect(await quoteFor(product, quantity)).toEqual({ items: [], rejected: [{ productId: 'mug', reason }] });
  });
});
