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
import type { Orders } from './orders.ts';
import { translate } from './problems.ts';
import { orderRoutes } from './routes.ts';

export interface Deps extends AppParts {
  readonly orders: Orders;
}

/** Builds the Express app of the order service: middleware and routers, in the order in which a request passes them. */
export function buildApp({ orders, issuer, verify, calls, audit: onDecision, log, readiness, metrics }: Deps): Express {
  const app = createApp({ log, readiness, metrics, identify: identityOf });
  app.use(internalRoutes({ orders, guard: (operation) => requireCaller(operation, { verifier: calls, onDecision }) }));
  app.use(reportUnmatched({ prefix: '/internal', onDecision }), refuseServiceToken());
  app.use(docsRoutes(openApi, { issuer }));
  app.use(jsonBody());
  app.use(orderRoutes({ orders, verify }));
  assertInternalRoutes(app, { service: 'order', operations, prefix: '/internal' });
  assertDocumented(app, routeDocs);
  return finishApp(app, { log, translate });
}
