export { areHttps, browserOrigins } from './config/browser-origins.ts';
export { ConfigError, readConfig, type WrongSetting } from './config/config.ts';
export { DatabaseSettings } from './config/database-settings.ts';
export { httpOrigin } from './config/http-origin.ts';
export { JwksSettings } from './config/jwks-settings.ts';
export {
  type DatabaseConfig,
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
export { type Audit, type AuditCallsOptions, auditCalls } from './log/audit-calls.ts';
export { type AuditEvent, auditEvents } from './log/audit-events.ts';
export { createLog, type Log, type LogOptions } from './log/log.ts';
export { followRequest, type Identify, noteProblem, type RequestFacts } from './log/request-log.ts';
export { createUserHash } from './log/user-hash.ts';
export { type FieldError, Problem, type ProblemOptions } from './problem/problem.ts';
export { type ProblemCode, problems } from './problem/problem-codes.ts';
export type { Translate } from './problem/problem-handler.ts';
export type { ProblemBody } from './problem/problem-response.ts';
export { type Refusal, refusalProblem } from './problem/refusal-problem.ts';
export { refuseBy } from './problem/refuse-by.ts';
export { upstreamProblem } from './problem/upstream-problem.ts';
export {
  addressBlock,
  addressNetwork,
  addressPrefix,
  clientAddress,
  clientAddressBehind,
} from './request/client-address.ts';
export { idempotencyKey, readIdempotencyKey } from './request/idempotency-key.ts';
export { jsonBody } from './request/json-body.ts';
export { outgoingHeaders } from './request/outgoing-headers.ts';
export { PageQuery, page, pageHeaders, pageOf, type Slice, sendPage } from './request/page.ts';
export {
  assertIfMatch,
  hasIfMatch,
  preconditions,
  readPreconditions,
  requiredIfMatch,
  type VersionCondition,
  versionTag,
} from './request/preconditions.ts';
export { readBody, readParams, readQuery } from './request/read.ts';
export { contextOf, currentContext, nameRequest, type RequestContext } from './request/request-context.ts';
export { dateTime } from './route/date-time.ts';
export { docsRoutes } from './route/openapi/docs-routes.ts';
export { createOpenApi, type OpenApiDocument } from './route/openapi/document.ts';
export { createMethodRouters, getRoutes } from './route/other-methods.ts';
export { publicRoutes } from './route/public-routes.ts';
export {
  defineRoutes,
  type HeaderInput,
  problemsOf,
  type RouteHandlers,
  type RouteInput,
  type RouteName,
  type RouteSpec,
  type Routes,
  type Who,
} from './route/route.ts';
export { createRouter } from './route/router.ts';
export { type AdminAppOptions, adminApp } from './server/admin-app.ts';
export { createApp, finishApp } from './server/create-app.ts';
export { type ConnectionLimits, type Listening, type ListenOptions, listen } from './server/listen.ts';
export { createMetrics, type Metrics, type MetricsDocument, type Sample } from './server/metrics.ts';
export { createReadiness, type Readiness, type ReadinessOptions } from './server/readiness.ts';
export { runService, type Service } from './server/serve.ts';
