export { identityOf } from '../http/identity.ts';
export type { ProtectedResource, ProtectedResourceOptions } from '../http/protected-resource.ts';
export type { Refusal, RefusalFields, RefusalOptions } from '../http/refusal.ts';
export { refusalOf } from '../http/refusal.ts';
export type { RevocationStaleOptions } from '../http/revocation-stale.ts';
export type { ServedResource } from './protected-resource.ts';
export { protectedResource } from './protected-resource.ts';
export type { UserGuard, UserGuardOptions } from './user-guard.ts';
export { accessTokenOf, createUserGuard, userOf } from './user-guard.ts';
