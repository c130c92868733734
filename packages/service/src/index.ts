export { openRedis } from './open-redis.ts';
export { openService, type ServiceDatabase, type ServiceOptions, type ServiceParts } from './open-service.ts';
