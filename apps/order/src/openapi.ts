import { Order } from '@auth/contracts';
import type { RouteDoc } from '@auth/http';
import { createOpenApi } from '@auth/http';
import * as z from 'zod';
import { Id, ListQuery, NewOrder } from './routes.ts';

const PlacedOrder = Order.meta({
  id: 'Order',
  description: '`contact` is null until it could be had from user, and for a token without the scope `account`.',
});
const OrderPage = z.strictObject({ items: z.array(PlacedOrder), next_cursor: z.string().nullable() });
const IdempotencyKey = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .meta({ description: 'The same request under the same key is placed once; the answer is kept for 24 hours.' }),
});

/** Every public route of this service. */
export const routeDocs: readonly RouteDoc[] = [
  {
    method: 'post',
    path: '/orders',
    summary: 'Place an order',
    scope: 'order:write',
    headers: IdempotencyKey,
    body: NewOrder,
    example: { items: [{ productId: '019b0000-0000-7000-8000-000000000003', quantity: 2 }] },
    answer: {
      status: 201,
      description: 'The order, at the prices of now.',
      schema: PlacedOrder,
      headers: { Location: 'Where it is.', 'Idempotent-Replayed': '`true` when this repeats an earlier answer.' },
    },
    problems: ['insufficient_audience', 'conflict', 'rate_limited', 'upstream_failed', 'upstream_timeout'],
  },
  {
    method: 'get',
    path: '/orders',
    summary: 'List orders, newest first',
    scope: 'order:read',
    query: ListQuery,
    answer: {
      status: 200,
      description: "A page of one's own orders; of everybody's with the scope `order:read-any`.",
      schema: OrderPage,
      headers: { Link: 'The next page, rel="next", where there is one.' },
    },
  },
  {
    method: 'get',
    path: '/orders/:id',
    summary: 'Read an order',
    scope: 'order:read',
    params: Id,
    answer: { status: 200, description: 'The order.', schema: PlacedOrder },
  },
  {
    method: 'post',
    path: '/orders/:id/cancel',
    summary: 'Cancel an order',
    scope: 'order:write',
    params: Id,
    answer: { status: 200, description: 'The order, cancelled.', schema: PlacedOrder },
    problems: ['conflict', 'unsupported_media_type', 'payload_too_large'],
  },
];

/** The API document of this service. */
export const openApi = createOpenApi({
  title: 'order',
  description:
    'Orders, priced by product and completed with the contact that user has. Stock is checked, not reserved.',
  routes: routeDocs,
});
