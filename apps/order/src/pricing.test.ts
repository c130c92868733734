import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderError } from './order-error.ts';
import { priceOrder } from './pricing.ts';

const wanted = [
  { productId: 'a', quantity: 3 },
  { productId: 'b', quantity: 1 },
];
const itemA = { productId: 'a', name: 'A', quantity: 3, unitPrice: 1250, currency: 'EUR' };
const itemB = { productId: 'b', name: 'B', quantity: 1, unitPrice: 990, currency: 'EUR' };

function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OrderError)) throw error;
    return { code: error.code, rejected: error.rejected };
  }
}

describe('the price of an order', () => {
  it('is the sum of all its items, in the order of the request, without other quoted items', () => {
    const items = [itemB, { ...itemA, productId: 'c' }, itemA];
    expect(priceOrder(wanted, { items, rejected: [] })).toEqual({
      items: [
        { productId: 'a', name: 'A', quantity: 3, unitPrice: 1250 },
        { productId: 'b', name: 'B', quantity: 1, unitPrice: 990 },
      ],
      total: 4740,
      currency: 'EUR',
    });
  });

  it('is exact up to the largest possible order', () => {
    const item = fc.record({
      quantity: fc.integer({ min: 1, max: 1000 }),
      unitPrice: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    });
    const order = fc.array(item, { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(order, (lines) => {
        const items = lines.map((line, index) => ({ ...itemA, ...line, productId: `p${index}` }));
        const { total } = priceOrder(items, { items, rejected: [] });
        const exact = lines.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * BigInt(unitPrice), 0n);
        expect(BigInt(total)).toBe(exact);
      }),
    );
  });

  const none = { items: [], rejected: [] };
  it.each([
    [
      'items_rejected',
      { items: [itemA], rejected: [{ productId: 'b', reason: 'inactive' }] },
      [{ index: 1, reason: 'inactive' }],
    ],
    [
      'items_rejected',
      { items: [itemA, itemB], rejected: [{ productId: 'a', reason: 'unknown' }] },
      [{ index: 0, reason: 'unknown' }],
    ],
    ['currencies_differ', { items: [itemA, { ...itemB, currency: 'USD' }], rejected: [] }, []],
    ['quote_incomplete', none, []],
    ['quote_incomplete', { items: [itemA], rejected: [] }, []],
    ['quote_incomplete', { items: [itemA, { ...itemB, quantity: 2 }], rejected: [] }, []],
    ['quote_incomplete', { items: [itemA], rejected: [{ productId: 'c', reason: 'unknown' }] }, []],
  ] as const)('is refused as %s', (code, { items, rejected }, expected) => {
    const quote = { items: [...items], rejected: [...rejected] };
    expect(refusal(() => priceOrder(wanted, quote))).toEqual({ code, rejected: expected });
  });
});
