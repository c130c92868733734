import type { ServiceName } from './services.ts';

/**
 * The request headers that the public routes of each service declare, in lower case: what their API documents list. The
 * gateway hands these on, beside the fields that HTTP itself defines, and no other; for a service that is not listed it
 * hands on none. A test of each service compares the list with its API document.
 */
export const requestHeaders: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  user: [],
  product: ['if-match'],
  order: ['idempotency-key'],
};
