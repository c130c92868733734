import { WantedItems } from '@auth/contracts';
import { createRouter, PageQuery, readBody, readIdempotencyKey, readParams, readQuery, sendPage } from '@auth/http';
import type { AccessTokenVerifier } from '@auth/verify';
import { accessTokenOf, requireScope, requireUser, userOf } from '@auth/verify/express';
import type { Request, Router } from 'express';
import * as z from 'zod';
import { viewOf } from './order-view.ts';
import type { Customer, Orders } from './orders.ts';

export const NewOrder = z.strictObject({ items: WantedItems });
export const ListQuery = z.object(PageQuery);
export const Id = z.object({ id: z.uuid() });

/** Creates the routes of a user's orders. */
export function orderRoutes({ orders, verify }: { orders: Orders; verify: AccessTokenVerifier }): Router {
  const router = createRouter();
  const reader = [requireUser(verify), requireScope('order:read')];
  const buyer = [requireUser(verify), requireScope('order:write')];

  router.post('/orders', ...buyer, async (req, res) => {
    const { items } = readBody(req, NewOrder);
    const { order, replayed } = await orders.place(customerOf(req), items, readIdempotencyKey(req));
    if (replayed) res.set('Idempotent-Replayed', 'true');
    res.status(201).location(`/orders/${order.id}`).json(viewOf(order));
  });

  router.get('/orders', ...reader, async (req, res) => {
    const { cursor: before, limit } = readQuery(req, ListQuery);
    const { items, more } = await orders.list(customerOf(req), { before, limit });
    sendPage(req, res, { items: items.map(viewOf), more });
  });

  router.get('/orders/:id', ...reader, async (req, res) => {
    res.json(viewOf(await orders.get(customerOf(req), readParams(req, Id).id)));
  });

  router.post('/orders/:id/cancel', ...buyer, async (req, res) => {
    res.json(viewOf(await orders.cancel(customerOf(req), readParams(req, Id).id)));
  });

  return router;
}

function customerOf(req: Request): Customer {
  const { sub, aud, scopes } = userOf(req);
  const rights = { readsAny: scopes.has('order:read-any'), readsContact: scopes.has('account') };
  return { userId: sub, accessToken: accessTokenOf(req), audience: aud, ...rights };
}
