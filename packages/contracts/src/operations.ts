import * as z from 'zod';
import { Contact } from './contact.ts';
import { defineOperations } from './operation.ts';
import { Order } from './order.ts';
import { Quote, WantedItems } from './quote.ts';

/**
 * The operations that services offer to each other, with their callers. Callees register their routes from this map, and
 * callers create their clients from it. No operation lists `user` or `product` as a caller, so neither has a key for calls.
 */
export const operations = defineOperations({
  'user:contacts.read': {
    method: 'GET',
    path: '/internal/users/:id/contact',
    callers: ['order'],
    user: 'required',
    // The scope of the routes of the user's own account: a token without it was issued for another purpose.
    userScopes: ['account'],
    request: { params: z.strictObject({ id: z.uuid() }) },
    response: Contact,
  },
  'product:quotes.create': {
    method: 'POST',
    path: '/internal/quotes',
    callers: ['order'],
    user: 'none',
    request: { body: z.strictObject({ items: WantedItems }) },
    response: Quote,
  },
  'order:orders.read': {
    method: 'GET',
    path: '/internal/orders/:id',
    callers: [],
    user: 'none',
    request: { params: z.strictObject({ id: z.uuid() }) },
    response: Order,
  },
});
