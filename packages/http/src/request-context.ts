import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { addressPrefix, clientAddress } from './client-address.ts';
import type { Trace } from './traceparent.ts';
import { continueTrace } from './traceparent.ts';
import { soleHeader } from './wire/header-values.ts';

/** How one request is named in logs, answers and outgoing calls. Clients may choose it: it proves nothing. */
export interface RequestContext extends Trace {
  readonly requestId: string;
  /** When it came in, on the clock of `performance.now()`, in ms. */
  readonly startMs: number;
  /** Roughly where it came from, from `addressPrefix`. Worked out when asked for, which is hardly ever. */
  readonly addressPrefix: () => string;
}

const REQUEST_ID = /^[\w.-]{1,128}$/;
/** On the request itself: what a long-lived map holds has to wait for a full collection, with all that it refers to. */
const context = Symbol('request context');
type Named = IncomingMessage & { [context]?: RequestContext };
const running = new AsyncLocalStorage<RequestContext>();

/**
 * Names every request: takes over a well-formed `X-Request-Id` and `traceparent`, makes what is missing.
 *
 * @param isCurrent whether what is done for a request can ask for its context without being handed it (`currentContext`).
 * From the first time on that makes every promise of the process dearer
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
 * Names a request as `createApp` does, for a listener that answers it without an app; the same name when asked again.
 * It is not the current context of anything.
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

/** The context of this request. @throws Error when nobody named it: no `createApp`, no `nameRequest`. */
export function contextOf(req: Named): RequestContext {
  const named = req[context];
  if (named === undefined) throw new Error('No request context: make the app with createApp().');
  return named;
}

/** How long ago this request came in, in ms to one decimal. @throws Error as `contextOf` */
export function elapsedMs(req: IncomingMessage): number {
  return Math.round((performance.now() - contextOf(req).startMs) * 10) / 10;
}

/** The context of the request being served, for code that is not handed the request; where the app keeps it (`createApp`). */
export function currentContext(): RequestContext | undefined {
  return running.getStore();
}

function requestIdOf(req: IncomingMessage): string {
  const given = onlyHeader(req, 'x-request-id');
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
}

/** A header sent twice is ambiguous (Node would join both values), so it counts as not sent. */
function onlyHeader(req: IncomingMessage, name: string): string | undefined {
  // Most requests have neither header, and taking all apart by name costs as much as all the rest here.
  return req.headers[name] === undefined ? undefined : soleHeader(req, name);
}
