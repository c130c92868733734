export type { ClientOperation, ServiceClient, ServiceClientOptions } from './service-client.ts';
export { createServiceClient } from './service-client.ts';
export type { UpstreamErrorCode } from './upstream-error.ts';
export { UpstreamError } from './upstream-error.ts';
