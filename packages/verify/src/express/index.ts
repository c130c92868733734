export { accessTokenOf, callerOf, identityOf, userOf } from './identity.ts';
export { assertInternalRoutes } from './internal-routes.ts';
export type { RefusalFields } from './problem.ts';
export { refusalOf, refusals } from './problem.ts';
export { reportUnmatched } from './report-unmatched.ts';
export type { CallDecision, CallGuardOptions, RequireCallerOptions } from './require-caller.ts';
export { requireCaller } from './require-caller.ts';
export type { UserGuard } from './require-user.ts';
export { requireScope, requireUser } from './require-user.ts';
export type { RevocationStaleOptions } from './revocation-stale.ts';
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
