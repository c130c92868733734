import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { addressPrefix, clientAddress } from './client-address.ts';
import { soleHeader } from './header-values.ts';
import { continueTrace, type Trace } from './traceparent.ts';

/** The ids of one request in logs, answers and outgoing calls. Clients may choose them: they prove nothing. */
export interface RequestContext extends Trace {
  readonly requestId: string;
  /** Time of arrival, on the clock of `performance.now()`, in ms. */
  readonly startMs: number;
  /** Approximate origin of the request, from `addressPrefix`. Computed on demand, because it is rarely needed. */
  readonly addressPrefix: () => string;
}

const REQUEST_ID = /^[\w.-]{1,128}$/;
/**
 * The context is stored on the request itself: an entry of a long-lived map would stay in memory until a full garbage
 * collection.
 */
const context = Symbol('request context');
type Named = IncomingMessage & { [context]?: RequestContext };
const running = new AsyncLocalStorage<RequestContext>();

/**
 * Creates the middleware that gives every request its ids: it keeps a well-formed `X-Request-Id` and `traceparent`, and
 * creates those that are missing.
 *
 * @param isCurrent whether `currentContext` works in the code that serves a request. From its first use on, every
 *   promise of the process costs more
 */
export function requestContext({ isCurrent = true }: { isCurrent?: boolean } = {}): RequestHandler {
  return (req, res, next) => {
    const named = nameRequest(req);
    res.setHeader('X-Request-Id', named.requestId);
    if (isCurrent) running.run(named, next);
    else next();
  };
}

/**
 * Gives a request its ids as `createApp` does, for a listener that answers without an app. The second call returns the
 * same context. Does not set `currentContext`.
 */
export function nameRequest(req: Named): RequestContext {
  req[context] ??= {
    requestId: requestIdOf(req),
    ...continueTrace(onlyHeader(req, 'traceparent')),
    startMs: performance.now(),
    addressPrefix: () => addressPrefix(clientAddress(req)),
  };
  return req[context];
}

/** Returns the context of a request. @throws Error without `createApp` or `nameRequest` before. */
export function contextOf(req: Named): RequestContext {
  const named = req[context];
  if (named === undefined) throw new Error('No request context: make the app with createApp().');
  return named;
}

/** Returns the time since a request arrived, in ms to one decimal. @throws Error as `contextOf` */
export function elapsedMs(req: IncomingMessage): number {
  return Math.round((performance.now() - contextOf(req).startMs) * 10) / 10;
}

/**
 * Returns the context of the request being served; `undefined` outside of a request, or in an app that does not set it
 * (`createApp`).
 */
export function currentContext(): RequestContext | undefined {
  return running.getStore();
}

/**
 * Returns the headers with which a call to another service is traced back to its request: the current request unless
 * given.
 */
export function outgoingHeaders(
  context: Pick<RequestContext, 'traceparent' | 'requestId'> | undefined = currentContext(),
): Record<string, string> {
  return context === undefined ? {} : { traceparent: context.traceparent, 'x-request-id': context.requestId };
}

function requestIdOf(req: IncomingMessage): string {
  const given = onlyHeader(req, 'x-request-id');
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
}

/**
 * Returns the value of a header. One that is sent twice is ambiguous (Node would join both values), so it counts as
 * absent.
 */
function onlyHeader(req: IncomingMessage, name: string): string | undefined {
  // Most requests have neither header, and reading the raw headers costs as much as the rest of naming a request.
  return req.headers[name] === undefined ? undefined : soleHeader(req, name);
}
