import { currentContext } from './request-context.ts';

/** The headers that let a call to another service be traced back to the request it is made for. */
export function outgoingHeaders(): Record<string, string> {
  const context = currentContext();
  return context === undefined ? {} : { traceparent: context.traceparent, 'x-request-id': context.requestId };
}
