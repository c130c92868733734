import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

const refused = new WeakMap<IncomingMessage, { readonly error: unknown }>();

/**
 * Creates a function that answers requests refused before they reached the app. The app writes the answer, with its
 * translations, its problem body and one log line. The app must be made by `createApp`.
 */
export function refuseBy(app: RequestListener): (req: IncomingMessage, res: ServerResponse, error: unknown) => void {
  return (req, res, error) => {
    refused.set(req, { error });
    app(req, res);
  };
}

/**
 * Creates the middleware that sends requests of `refuseBy` to the problem handler and all others to the next handler.
 */
export function passRefused(): RequestHandler {
  return (req, _res, next) => {
    const refusal = refused.get(req);
    if (refusal === undefined) next();
    else throw asError(refusal.error);
  };
}

/** Wraps a value that is no Error: for `undefined` or 'route', Express would continue with the routes. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('refused without an error', { cause: error });
}
