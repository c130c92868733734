import { operations } from '@auth/contracts';
import { readBody, readParams, readQuery } from '@auth/http';
import type { ServiceRouterOptions } from '@auth/verify/express';
import { serviceRouter } from '@auth/verify/express';
import type { Router } from 'express';
import type { Quotes } from './quotes.ts';

type Guard = ServiceRouterOptions<typeof operations, 'product'>['guard'];

/** Creates the router of the operations that other services may call. */
export function internalRoutes({ quotes, guard }: { quotes: Quotes; guard: Guard }): Router {
  return serviceRouter({
    service: 'product',
    operations,
    guard,
    read: { params: readParams, query: readQuery, body: readBody },
    handlers: {
      'product:quotes.create': ({ body }) => quotes.create(body.items),
    },
  });
}
