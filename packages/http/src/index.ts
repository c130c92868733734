export { type AdminAppOptions, adminApp } from './admin-app.ts';
export { type Audit, type AuditCallsOptions, auditCalls } from './audit-calls.ts';
export { type AuditEvent, auditEvents } from './audit-events.ts';
export { areHttps, browserOrigins } from './browser-origins.ts';
export { addressBlock, addressNetwork, addressPrefix, clientAddress, clientAddressBehind } from './client-address.ts';
export { ConfigError, readConfig, type WrongSetting } from './config.ts';
export { createApp, finishApp } from './create-app.ts';
export { httpOrigin } from './http-origin.ts';
export { readIdempotencyKey } from './idempotency-key.ts';
export { jsonBody } from './json-body.ts';
export { type ConnectionLimits, type Listening, type ListenOptions, listen } from './listen.ts';
export { createLog, type Log, type LogOptions } from './log.ts';
export { createMetrics, type Metrics, type Sample } from './metrics.ts';
export { docsRoutes } from './openapi/docs-routes.ts';
export { createOpenApi, type OpenApiDocument } from './openapi/document.ts';
export { assertDocumented } from './openapi/documented-routes.ts';
export type { RouteDoc } from './openapi/route-doc.ts';
export { outgoingHeaders } from './outgoing-headers.ts';
export { PageQuery, type Slice, sendPage } from './page.ts';
export { assertIfMatch, hasIfMatch, readPreconditions, type VersionCondition, versionTag } from './preconditions.ts';
export { type FieldError, Problem, type ProblemOptions } from './problem.ts';
export { type ProblemCode, problems } from './problem-codes.ts';
export type { Translate } from './problem-handler.ts';
export type { ProblemBody } from './problem-response.ts';
export { readBody, readParams, readQuery } from './read.ts';
export { createReadiness, type Readiness, type ReadinessOptions } from './readiness.ts';
export { type Refusal, refusalProblem } from './refusal-problem.ts';
export { refuseBy } from './refuse-by.ts';
export { contextOf, currentContext, nameRequest, type RequestContext } from './request-context.ts';
export { followRequest, type Identify, noteProblem, type RequestFacts } from './request-log.ts';
export { createRouter } from './router.ts';
export { runService, type Service } from './serve.ts';
export {
  type DatabaseConfig,
  databaseConfig,
  type JwksConfig,
  type RevocationsConfig,
  type ServerConfig,
  serverConfig,
} from './server-config.ts';
export { DatabaseSettings, JwksSettings, ServerSettings, withKeyRules } from './server-settings.ts';
export { ProxySettings } from './trusted-proxies.ts';
export { upstreamProblem } from './upstream-problem.ts';
export { createUserHash } from './user-hash.ts';
export { type CountedLimit, visitorOf } from './visitor.ts';
export { wholeNumber } from './whole-number.ts';
