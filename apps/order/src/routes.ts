import { Order, WantedItems } from '@auth/contracts';
import { defineRoutes, idempotencyKey, PageQuery, pageHeaders, pageOf } from '@auth/http';
import * as z from 'zod';

const PlacedOrder = Order.meta({
  id: 'Order',
  description:
    '`contact` is null until the user service returns it; a token with neither scope `account` nor `order:read-any` always sees null.',
});
const params = z.object({ id: z.uuid() });

/** The public routes of order. */
export const routes = defineRoutes({
  'POST /orders': {
    who: { scope: 'order:write' },
    summary: 'Place an order',
    details:
      'Prices come from the product service, the contact from the user service. If the product service is down, the answer is 503 and nothing is stored. If the user service is down, or the token lacks the scope `account`, the order is stored without a contact. A later read by the owner, with that scope, attaches the contact.',
    headers: idempotencyKey,
    body: z.strictObject({ items: WantedItems }),
    example: { items: [{ productId: '019b0000-0000-7000-8000-000000000003', quantity: 2 }] },
    answer: {
      status: 201,
      description: 'The order, at the prices of now.',
      schema: PlacedOrder,
      headers: { Location: 'Where it is.', 'Idempotent-Replayed': '`true` when this repeats an earlier answer.' },
    },
    problems: ['insufficient_audience', 'conflict', 'rate_limited', 'upstream_failed', 'upstream_timeout'],
  },
  'GET /orders': {
    who: { scope: 'order:read' },
    summary: 'List orders, newest first',
    details: 'Own orders; with the scope `order:read-any` all orders.',
    query: z.object(PageQuery),
    answer: {
      status: 200,
      description: "A page of the user's own orders; with the scope `order:read-any`, of all users.",
      schema: pageOf(PlacedOrder),
      headers: pageHeaders,
    },
  },
  'GET /orders/:id': {
    who: { scope: 'order:read' },
    summary: 'Read an order',
    details: '404 for the order of another user, without the scope `order:read-any`.',
    params,
    answer: { status: 200, description: 'The order.', schema: PlacedOrder },
  },
  'POST /orders/:id/cancel': {
    who: { scope: 'order:write' },
    summary: 'Cancel an order',
    params,
    answer: { status: 200, description: 'The order, cancelled.', schema: PlacedOrder },
    problems: ['conflict', 'unsupported_media_type', 'payload_too_large'],
  },
});
