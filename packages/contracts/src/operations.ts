import * as z from 'zod';
import { Contact } from './contact.ts';
import { defineOperations } from './operation.ts';
import { Order } from './order.ts';
import { Quote, WantedItems } from './quote.ts';

/**
 * Who may call whom, for what: the only place that says so. Callees register their routes from this map and callers
 * make their clients from it. user and product call nobody: they are nobody's caller here and hold no key to call with.
 */
export const operations = defineOperations({
  'user:contacts.read': {
    method: 'GET',
    path: '/internal/users/:id/contact',
    callers: ['order'],
    user: 'required',
    // As for the routes of the user's own account: a token that was asked for without it is for something else.
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
