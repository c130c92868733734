export { openService, type ServiceDatabase, type ServiceOptions, type ServiceParts } from './open-service.ts';
