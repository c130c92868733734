import { defineRoutes } from '@auth/http';
import * as z from 'zod';
import { operations } from './contracts.ts';

/**
 * Admins only, until the service has a scope of its own in grants.ts of @auth/contracts. An answer of another service may
 * be about any user, and that service sees only that template asks.
 */
const who = { scope: 'user:admin' } as const;

const Thing = z
  .strictObject({ id: z.uuid(), name: z.string() })
  .meta({ id: 'Thing', example: { id: '019b0000-0000-7000-8000-0000000000a1', name: 'First thing' } });

/** The public routes of template. */
export const routes = defineRoutes({
  'GET /things/:id': {
    who,
    summary: 'Read a thing',
    params: z.object({ id: z.uuid() }),
    answer: { status: 200, description: 'The thing.', schema: Thing },
  },
  // for each call:
  'GET /order/orders/:id': {
    who,
    summary: 'Call `order:orders.read`',
    params: operations['order:orders.read'].request.params,
    answer: { status: 200, description: 'The answer of order.', schema: operations['order:orders.read'].response },
    problems: ['not_found', 'upstream_failed', 'upstream_timeout'],
  },
  // end
});
