import type { RequestListener } from 'node:http';
import { createApp, createOpenApi, docsRoutes, finishApp, publicRoutes, refuseBy } from '@auth/http';
import type { AppParts } from '@auth/service';
import { refuseServiceToken } from '@auth/verify/express';
import type { Authorize } from './authentication/authorize.ts';
import type { SameOrigin } from './authentication/same-origin.ts';
import type { SessionCookie } from './authentication/session-cookie.ts';
import type { ClientOf } from './client.ts';
import { pageRoutes } from './page-routes.ts';
import { createTranslate } from './problems.ts';
import type { Cors } from './proxy/cors.ts';
import { bodyShares, createProxy } from './proxy/proxy.ts';
import { hasBody, holdBody } from './proxy/request-body.ts';
import type { Upstreams } from './proxy/upstreams.ts';
import { createSessionHandlers } from './sessions/session-handlers.ts';
import { sessionRoutes as routes } from './sessions/session-routes.ts';
import type { Sessions } from './sessions/sessions.ts';

export interface Deps extends Pick<AppParts, 'issuer' | 'log' | 'readiness' | 'metrics'> {
  readonly sessions: Sessions;
  readonly authorize: Authorize;
  readonly cookie: SessionCookie;
  /** Returns whether a login replaced the cookie with this hash in the last minute. */
  readonly isReplaced: (cookieHash: string) => Promise<boolean>;
  readonly sameOrigin: SameOrigin;
  readonly cors: Cors;
  /** The folder of a page to try the gateway with; `undefined` for none. */
  readonly pageFolder: string | undefined;
  readonly upstreams: Upstreams;
  readonly clientOf: ClientOf;
  /** The origin of the gateway for browsers. */
  readonly publicOrigin: string;
  readonly maxBodyBytes: number;
  /** Proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies?: readonly string[];
}

const description =
  "The browser's door to the services: a session cookie here, the session's access token behind it. Below `/auth`, `/users/me`, `/products` and `/orders` it hands requests on to the services.";

/**
 * Creates the listener of the gateway. Requests for services go to the proxy, without Express; all others go to the app
 * with the gateway's own routes.
 */
export function buildApp(deps: Deps): RequestListener {
  const { sessions, authorize, cookie, sameOrigin, cors, issuer, pageFolder, log, readiness, metrics, trustedProxies } =
    deps;
  const { upstreams, clientOf, isReplaced, publicOrigin, maxBodyBytes } = deps;
  const app = createApp({ log, readiness, metrics, trustedProxies, currentContext: false });
  app.use(refuseServiceToken());
  app.use(docsRoutes(createOpenApi({ title: 'gateway', description, routes }), { issuer }));
  const own = createSessionHandlers({ sessions, authorize, sameOrigin, cookie, isReplaced, clientOf });
  app.use(publicRoutes({ routes, ...own }));
  if (pageFolder !== undefined) app.use(pageRoutes(pageFolder));
  finishApp(app, { log, translate: createTranslate({ publicOrigin }) });
  const bodies = bodyShares({ maxBodyBytes });
  const proxy = createProxy({
    upstreams,
    authorize,
    clientOf,
    publicOrigin,
    maxBodyBytes,
    bodies,
    log,
    metrics,
    answerError: refuseBy(app),
  });
  return (req, res) => {
    if (cors(req, res) || proxy(req, res)) return;
    if (hasBody(req)) holdBody(req, { shares: bodies, client: clientOf(req).addressBlock() });
    app(req, res);
  };
}
