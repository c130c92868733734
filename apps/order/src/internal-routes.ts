import { operations } from '@auth/contracts';
import { readBody, readParams, readQuery } from '@auth/http';
import type { ServiceRouterOptions } from '@auth/verify/express';
import { serviceRouter } from '@auth/verify/express';
import type { Router } from 'express';
import { viewOf } from './order-view.ts';
import type { Orders } from './orders.ts';

type Guard = ServiceRouterOptions<typeof operations, 'order'>['guard'];

/** Creates the router of the operations that other services may call. */
export function internalRoutes({ orders, guard }: { orders: Orders; guard: Guard }): Router {
  return serviceRouter({
    service: 'order',
    operations,
    guard,
    read: { params: readParams, query: readQuery, body: readBody },
    handlers: {
      'order:orders.read': async ({ params }) => viewOf(await orders.read(params.id)),
    },
  });
}
