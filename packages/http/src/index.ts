// problem/: errors that are answers.

// config/: settings, read from the environment.
export { areHttps, browserOrigins } from './config/browser-origins.ts';
export { ConfigError, readConfig } from './config/config.ts';
export { DatabaseSettings } from './config/database-settings.ts';
export { httpOrigin } from './config/http-origin.ts';
export { JwksSettings } from './config/jwks-settings.ts';
export {
  databaseConfig,
  type JwksConfig,
  type RevocationsConfig,
  type ServerConfig,
  serverConfig,
} from './config/server-config.ts';
export { ServerSettings } from './config/server-settings.ts';
export { withKeyRules } from './config/setting-rules.ts';
export { ProxySettings } from './config/trusted-proxies.ts';
export { wholeNumber } from './config/whole-number.ts';
// log/: log lines, the audit trail and the ledger of service calls.
export { type Audit, auditCalls, createUserHash } from './log/audit-calls.ts';
export { auditEvents } from './log/audit-events.ts';
export { createLog, type Log } from './log/log.ts';
export { followRequest, noteProblem, type RequestFacts } from './log/request-log.ts';
export { type FieldError, Problem, type ProblemOptions, refusalProblem, upstreamProblem } from './problem/problem.ts';
export { type ProblemCode, problems } from './problem/problem-codes.ts';
export type { Translate } from './problem/problem-handler.ts';
export { refuseBy } from './problem/refuse-by.ts';
// request/: parts of a request, each read in one place.
export {
  addressBlock,
  addressNetwork,
  addressPrefix,
  clientAddress,
  clientAddressBehind,
} from './request/client-address.ts';
export { idempotencyKey } from './request/idempotency-key.ts';
export { PageQuery, page, pageHeaders, pageOf } from './request/page.ts';
export { assertIfMatch, preconditions, requiredIfMatch, versionTag } from './request/preconditions.ts';
export { readBody, readParams, readQuery } from './request/read.ts';
export {
  contextOf,
  currentContext,
  nameRequest,
  outgoingHeaders,
  type RequestContext,
} from './request/request-context.ts';
// route/: public routes as definitions, and what is made from them.
export { docsRoutes } from './route/openapi/docs-routes.ts';
export { createOpenApi } from './route/openapi/document.ts';
export { createMethodRouters, getRoutes } from './route/other-methods.ts';
export { publicRoutes } from './route/public-routes.ts';
export {
  dateTime,
  defineRoutes,
  problemsOf,
  type RouteHandlers,
  type RouteName,
  type RouteSpec,
  type Routes,
  type Who,
} from './route/route.ts';
// server/: the app, its port, its metrics and its end.
export { adminApp } from './server/admin-app.ts';
export { createApp, finishApp } from './server/create-app.ts';
export { type ConnectionLimits, listen } from './server/listen.ts';
export { createMetrics, type Metrics, type MetricsDocument } from './server/metrics.ts';
export { createReadiness, type Readiness } from './server/readiness.ts';
export { runService, type Service } from './server/serve.ts';
