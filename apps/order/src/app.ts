import { operations } from '@auth/contracts';
import { type AppParts, createServiceApp } from '@auth/service';
import type { Express } from 'express';
import { createHandlers } from './handlers.ts';
import { viewOf } from './order-view.ts';
import type { Orders } from './orders.ts';
import { translate } from './problems.ts';
import { routes } from './routes.ts';

export interface Deps extends AppParts {
  readonly orders: Orders;
}

/** Builds the Express app of the order service. */
export function buildApp({ orders, ...parts }: Deps): Express {
  return createServiceApp(parts, {
    service: 'order',
    operations,
    description:
      'Orders, priced by product and completed with the contact that user has. Stock is checked, not reserved.',
    operationHandlers: { 'order:orders.read': async ({ params }) => viewOf(await orders.read(params.id)) },
    routes,
    handlers: createHandlers({ orders }),
    translate,
  });
}
