import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { addressPrefix, clientAddress } from './client-address.ts';
import type { Trace } from './traceparent.ts';
import { continueTrace } from './traceparent.ts';

/** How one request is named in logs, answers and outgoing calls. Clients may choose it: it proves nothing. */
export interface RequestContext extends Trace {
  readonly requestId: string;
  /** When it came in, on the clock of `performance.now()`, in ms. */
  readonly startMs: number;
  /** Roughly where it came from, from `addressPrefix`. */
  readonly addressPrefix: string;
}

const REQUEST_ID = /^[\w.-]{1,128}$/;
const contexts = new WeakMap<IncomingMessage, RequestContext>();
const running = new AsyncLocalStorage<RequestContext>();

/** Names every request: takes over a well-formed `X-Request-Id` and `traceparent`, makes what is missing. */
export function requestContext(): RequestHandler {
  return (req, res, next) => {
    const context = {
      requestId: requestIdOf(req),
      ...continueTrace(onlyHeader(req, 'traceparent')),
      startMs: performance.now(),
      // Worked out where it is asked for, which is hardly anywhere.
      get addressPrefix() {
        return addressPrefix(clientAddress(req));
      },
    };
    contexts.set(req, context);
    res.setHeader('X-Request-Id', context.requestId);
    running.run(context, next);
  };
}

/** The context of this request. @throws Error when the app was not made by `createApp`. */
export function contextOf(req: Request): RequestContext {
  const context = contexts.get(req);
  if (context === undefined) throw new Error('No request context: make the app with createApp().');
  return context;
}

/** How long ago this request came in, in ms to one decimal. @throws Error as `contextOf` */
export function elapsedMs(req: Request): number {
  return Math.round((performance.now() - contextOf(req).startMs) * 10) / 10;
}

/** The context of the request being served, for code that is not handed the request, such as an outgoing client. */
export function currentContext(): RequestContext | undefined {
  return running.getStore();
}

function requestIdOf(req: IncomingMessage): string {
  const given = onlyHeader(req, 'x-request-id');
  return given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
}

/** A header sent twice is ambiguous (Node would join both values), so it counts as not sent. */
function onlyHeader(req: IncomingMessage, name: string): string | undefined {
  const values = req.headersDistinct[name];
  return values?.length === 1 ? values[0] : undefined;
}
