import type { RequestContext } from './request-context.ts';
import { currentContext } from './request-context.ts';

/**
 * Returns the headers with which a call to another service is traced back to its request: the current request unless
 * given.
 */
export function outgoingHeaders(
  context: Pick<RequestContext, 'traceparent' | 'requestId'> | undefined = currentContext(),
): Record<string, string> {
  return context === undefined ? {} : { traceparent: context.traceparent, 'x-request-id': context.requestId };
}
