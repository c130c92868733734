import type { RequestContext } from './request-context.ts';
import { currentContext } from './request-context.ts';

/** The headers that let a call to another service be traced back to the request it is made for: the current one unless given. */
export function outgoingHeaders(
  context: Pick<RequestContext, 'traceparent' | 'requestId'> | undefined = currentContext(),
): Record<string, string> {
  return context === undefined ? {} : { traceparent: context.traceparent, 'x-request-id': context.requestId };
}
