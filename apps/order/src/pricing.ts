import type { Quote, WantedItems } from '@auth/contracts';
import type { NewOrder } from './order.ts';
import { OrderError } from './order-error.ts';

/**
 * Prices an order by a quote: all items or none, in one currency.
 *
 * @throws OrderError `items_rejected` with every rejected item, `currencies_differ`, `quote_incomplete`
 */
export function priceOrder(wanted: WantedItems, quote: Quote): Pick<NewOrder, 'items' | 'total' | 'currency'> {
  const rejections = new Map(quote.rejected.map(({ productId, reason }) => [productId, reason]));
  const rejected = wanted.flatMap(({ productId }, index) => {
    const reason = rejections.get(productId);
    return reason === undefined ? [] : [{ index, reason }];
  });
  if (rejected.length > 0) throw new OrderError('items_rejected', rejected);

  const quoted = new Map(quote.items.map((item) => [item.productId, item]));
  const priced = wanted.map(({ productId, quantity }) => {
    const item = quoted.get(productId);
    if (item === undefined || item.quantity !== quantity) throw new OrderError('quote_incomplete');
    return item;
  });
  const [currency, second] = new Set(priced.map((item) => item.currency));
  if (currency === undefined || second !== undefined) throw new OrderError('currencies_differ');
  return {
    items: priced.map(({ productId, name, quantity, unitPrice }) => ({ productId, name, quantity, unitPrice })),
    total: priced.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0),
    currency,
  };
}
