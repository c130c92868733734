export { identityOf } from '../http/identity.ts';
export type { ProtectedResource, ProtectedResourceOptions } from '../http/protected-resource.ts';
export type { RefusalFields, RefusalOptions } from '../http/refusal.ts';
export { refusalOf } from '../http/refusal.ts';
export type { RevocationStaleOptions } from '../http/revocation-stale.ts';
export type { UserCheckOptions } from '../http/user-check.ts';
export { accessTokenOf, callerOf, userOf } from './identity.ts';
export { assertInternalRoutes } from './internal-routes.ts';
export { refusals } from './problem.ts';
export type { ServedResource } from './protected-resource.ts';
export { protectedResource } from './protected-resource.ts';
export { reportUnmatched } from './report-unmatched.ts';
export type { CallDecision, CallGuardOptions, RequireCallerOptions } from './require-caller.ts';
export { requireCaller } from './require-caller.ts';
export type { UserGuard } from './require-user.ts';
export { requireScope, requireUser } from './require-user.ts';
export type {
  OperationHandlers,
  OperationInput,
  ReadPart,
  RequestSchemas,
  ServiceOperation,
  ServiceOperations,
  ServiceRouterOptions,
} from './service-router.ts';
export { refuseServiceToken, serviceRouter } from './service-router.ts';
