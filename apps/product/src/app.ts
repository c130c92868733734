import { operations } from '@auth/contracts';
import { assertDocumented, createApp, docsRoutes, finishApp, jsonBody } from '@auth/http';
import type { AppParts } from '@auth/service';
import {
  assertInternalRoutes,
  identityOf,
  refuseServiceToken,
  reportUnmatched,
  requireCaller,
} from '@auth/verify/express';
import type { Express } from 'express';
import { internalRoutes } from './internal-routes.ts';
import { openApi, routeDocs } from './openapi.ts';
import { translate } from './problems.ts';
import type { Products } from './products.ts';
import type { Quotes } from './quotes.ts';
import { productRoutes } from './routes.ts';

export interface Deps extends AppParts {
  readonly products: Products;
  readonly quotes: Quotes;
}

/**
 * Builds the Express app of the product service: middleware and routers, in the order in which a request passes them.
 */
export function buildApp({
  products,
  quotes,
  issuer,
  verify,
  calls,
  audit: onDecision,
  log,
  readiness,
  metrics,
}: Deps): Express {
  const app = createApp({ log, readiness, metrics, identify: identityOf, currentContext: false });
  app.use(internalRoutes({ quotes, guard: (operation) => requireCaller(operation, { verifier: calls, onDecision }) }));
  app.use(reportUnmatched({ prefix: '/internal', onDecision }), refuseServiceToken());
  app.use(docsRoutes(openApi, { issuer }));
  app.use(jsonBody());
  app.use(productRoutes({ products, verify }));
  assertInternalRoutes(app, { service: 'product', operations, prefix: '/internal' });
  assertDocumented(app, routeDocs);
  return finishApp(app, { log, translate });
}
