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
import { accountRoutes } from './accounts/account-routes.ts';
import type { Accounts } from './accounts/accounts.ts';
import { adminRoutes } from './accounts/admin-routes.ts';
import type { UserAdmin } from './accounts/user-admin.ts';
import type { Discovery } from './discovery-routes.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { internalRoutes } from './internal-routes.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import { openApi, routeDocs } from './openapi.ts';
import { translate } from './problems.ts';
import { authRoutes } from './sessions/auth-routes.ts';
import { sessionRoutes } from './sessions/session-routes.ts';
import type { Sessions } from './sessions/sessions.ts';

export interface Deps extends AppParts {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly admin: UserAdmin;
  readonly discovery: Discovery;
  readonly limits: RateLimits;
  /** How a registration is answered; `plain` unless given. */
  readonly registration?: 'plain' | 'neutral';
  /** Proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies?: readonly string[];
}

/** The user service, from top to bottom. */
export function buildApp({
  accounts,
  sessions,
  admin,
  discovery,
  limits,
  verify,
  calls,
  audit: onDecision,
  log,
  readiness,
  metrics,
  registration = 'plain',
  trustedProxies,
}: Deps): Express {
  const app = createApp({ log, readiness, metrics, identify: identityOf, trustedProxies });
  app.use(
    internalRoutes({
      accounts,
      guard: (operation) => requireCaller(operation, { verifier: calls, onDecision }),
    }),
  );
  app.use(reportUnmatched({ prefix: '/internal', onDecision }), refuseServiceToken());
  app.use(docsRoutes(openApi, { issuer: discovery.issuer }));
  app.use(jsonBody());
  app.use(discoveryRoutes(discovery));
  app.use(authRoutes({ accounts, sessions, limits, registration }));
  app.use(sessionRoutes({ sessions, verify }));
  app.use(accountRoutes({ accounts, sessions, limits, verify }));
  app.use(adminRoutes({ admin, verify }));
  assertInternalRoutes(app, { service: 'user', operations, prefix: '/internal' });
  assertDocumented(app, routeDocs);
  return finishApp(app, { log, translate });
}
