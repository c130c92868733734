import { page, type RouteHandlers } from '@auth/http';
import { accessTokenOf, userOf } from '@auth/verify/express';
import type { Request } from 'express';
import { viewOf } from './order-view.ts';
import type { Customer, Orders } from './orders.ts';
import type { routes } from './routes.ts';

/** Creates the handlers of the public routes. */
export function createHandlers({ orders }: { orders: Orders }): RouteHandlers<typeof routes> {
  return {
    async 'POST /orders'({ body: { items }, headers: key }, req) {
      const { order, replayed } = await orders.place(customerOf(req), items, key);
      const headers = { Location: `/orders/${order.id}`, ...(replayed && { 'Idempotent-Replayed': 'true' }) };
      return { body: viewOf(order), headers };
    },
    async 'GET /orders'({ query: { cursor: before, limit } }, req) {
      const { items, more } = await orders.list(customerOf(req), { before, limit });
      return page(req, { items: items.map(viewOf), more });
    },
    async 'GET /orders/:id'({ params: { id } }, req) {
      return { body: viewOf(await orders.get(customerOf(req), id)) };
    },
    async 'POST /orders/:id/cancel'({ params: { id } }, req) {
      return { body: viewOf(await orders.cancel(customerOf(req), id)) };
    },
  };
}

function customerOf(req: Request): Customer {
  const { sub, aud, scopes } = userOf(req);
  const rights = { readsAny: scopes.has('order:read-any'), readsContact: scopes.has('account') };
  return { userId: sub, accessToken: accessTokenOf(req), audience: aud, ...rights };
}
