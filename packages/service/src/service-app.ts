import {
  createApp,
  createMethodRouters,
  createOpenApi,
  docsRoutes,
  finishApp,
  publicRoutes,
  type RouteHandlers,
  type Routes,
  readBody,
  readParams,
  readQuery,
  refusalProblem,
  type Translate,
} from '@auth/http';
import { calleeOf } from '@auth/verify';
import {
  identityOf,
  type OperationHandlers,
  refusalOf,
  refuseServiceToken,
  reportUnmatched,
  requireCaller,
  requireScope,
  requireUser,
  type ServiceOperations,
  serviceRouter,
} from '@auth/verify/express';
import type { Express, RequestHandler } from 'express';
import type { AppParts } from './composition.ts';

/** The clients that a route of a service admits: anyone, or a user whose access token has a scope. */
type ServiceWho = 'anyone' | { readonly scope: string };

/** The parts of an app that differ from service to service. */
export interface ServiceAppOptions<
  Operations extends ServiceOperations,
  Service extends string,
  R extends Routes<ServiceWho>,
> {
  readonly service: Service;
  /** The operations of all services. */
  readonly operations: Operations;
  /** What the service does, for its API document. */
  readonly description: string;
  /** One handler per operation of this service that other services may call. */
  readonly operationHandlers: OperationHandlers<Operations, Service>;
  readonly routes: R;
  readonly handlers: RouteHandlers<R>;
  /** Translations of the errors of this service to problems, tried in this order. */
  readonly translate: readonly Translate[];
  /** Middleware in front of the public routes. */
  readonly before?: RequestHandler;
  /** Whether `currentContext` works while a request is served; true by default. It costs processor time. */
  readonly currentContext?: boolean;
  /** Proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/**
 * Builds the Express app of a service. A request passes, in this order: the operations for other services, the refusal of
 * every other request with a service token, the public routes, the API document.
 */
export function createServiceApp<
  Operations extends ServiceOperations,
  Service extends string,
  R extends Routes<ServiceWho>,
>(
  { issuer, verify, calls, audit: onDecision, log, readiness, metrics }: AppParts,
  options: ServiceAppOptions<Operations, Service, R>,
): Express {
  const { service, operations, description, routes, handlers, before, currentContext = true, trustedProxies } = options;
  assertNoneInternal(Object.keys(routes));
  const app = createApp({ log, readiness, metrics, identify: identityOf, currentContext, trustedProxies });
  const internal = createMethodRouters(
    Object.values(operations)
      .filter((operation) => calleeOf(operation) === service)
      .map(({ method, path }) => `${method} ${path}`),
  );
  const operationRouter = serviceRouter({
    service,
    operations,
    handlers: options.operationHandlers,
    guard: (operation) => requireCaller(operation, { verifier: calls, onDecision }),
    read: { params: readParams, query: readQuery, body: readBody },
  });
  app.use(
    // Before the router of the operations: Express would answer OPTIONS itself, with 200.
    belowInternal(internal.options),
    belowInternal(operationRouter),
    reportUnmatched({ prefix: '/internal', onDecision }),
    refuseServiceToken(),
    belowInternal(internal.others),
  );
  if (before !== undefined) app.use(before);
  app.use(
    publicRoutes<ServiceWho, R>({ routes, handlers, guard: ({ scope }) => [requireUser(verify), requireScope(scope)] }),
    docsRoutes(createOpenApi({ title: service, description, routes }), { issuer }),
  );
  return finishApp(app, { log, translate: [(error) => refusalProblem(refusalOf(error)), ...options.translate] });
}

/** Skips a router of operations for all other paths: each router on the way of a request has a cost. */
function belowInternal(router: RequestHandler): RequestHandler {
  return (req, res, next) => (req.path.startsWith('/internal/') ? router(req, res, next) : next());
}

/** @throws TypeError when a public route has a path of operations */
function assertNoneInternal(names: readonly string[]): void {
  const name = names.find((route) => /^\S+ \/internal(?:\/|$)/i.test(route));
  if (name === undefined) return;
  throw new TypeError(`${name} is below /internal, which is for operations: add it to the operations`);
}
