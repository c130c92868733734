import type { ServiceName } from './services.ts';

/**
 * The request headers that the public routes of each service declare in their API documents, in lower case. The gateway
 * forwards only these and the fields that HTTP itself defines; for a service that is not listed, only the latter.
 * A test of each service compares the list with its API document.
 */
export const requestHeaders: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  user: [],
  product: ['if-match'],
  order: ['idempotency-key'],
};
