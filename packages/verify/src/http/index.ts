export type {
  Authenticate,
  AuthenticateOptions,
  Authentication,
  AuthenticationRequest,
} from './authenticate.ts';
export { createAuthenticator } from './authenticate.ts';
export type { RequestHeaders } from './header-input.ts';
export type { ProtectedResource, ProtectedResourceOptions } from './protected-resource.ts';
export { protectedResource } from './protected-resource.ts';
export type { Refusal, RefusalFields, RefusalOptions } from './refusal.ts';
export { refusalOf } from './refusal.ts';
export type { RevocationStaleOptions } from './revocation-stale.ts';
export type { UserCheckOptions, VerifiedUser } from './user-check.ts';
