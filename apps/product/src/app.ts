import { operations } from '@auth/contracts';
import type { Audit, Log, Metrics, Readiness } from '@auth/http';
import { assertDocumented, createApp, docsRoutes, finishApp, jsonBody } from '@auth/http';
import type { AccessTokenVerifier, ServiceTokenVerifier } from '@auth/verify';
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

export interface Deps {
  readonly products: Products;
  readonly quotes: Quotes;
  /** The `iss` of access tokens. */
  readonly issuer: string;
  /** Verifies users' access tokens. */
  readonly verify: AccessTokenVerifier;
  /** Verifies other services' calls. */
  readonly calls: ServiceTokenVerifier;
  /** Told of every decision about another service's call. */
  readonly audit: Audit;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

/** The product service, from top to bottom. */
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
