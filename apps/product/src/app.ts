import { operations } from '@auth/contracts';
import { type AppParts, createServiceApp } from '@auth/service';
import type { Express } from 'express';
import { createHandlers } from './handlers.ts';
import { translate } from './problems.ts';
import type { Products } from './products.ts';
import type { Quotes } from './quotes.ts';
import { routes } from './routes.ts';

export interface Deps extends AppParts {
  readonly products: Products;
  readonly quotes: Quotes;
}

/** Builds the Express app of the product service. */
export function buildApp({ products, quotes, ...parts }: Deps): Express {
  return createServiceApp(parts, {
    service: 'product',
    operations,
    description: 'The catalogue. Prices are integer minor units plus an ISO 4217 code.',
    operationHandlers: { 'product:quotes.create': ({ body }) => quotes.create(body.items) },
    routes,
    handlers: createHandlers({ products }),
    translate,
    currentContext: false,
  });
}
