export { createCallVerifier } from './call-verifier.ts';
export type { AppParts, Composition } from './composition.ts';
export { openRedis } from './open-redis.ts';
export { openService, type ServiceDatabase, type ServiceOptions, type ServiceParts } from './open-service.ts';
export { createServiceApp, type ServiceAppOptions } from './service-app.ts';
export { createUserTokenVerifier } from './user-tokens.ts';
