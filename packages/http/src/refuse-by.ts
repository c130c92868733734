import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

const refused = new WeakMap<IncomingMessage, { readonly error: unknown }>();

/**
 * Makes what answers requests that were refused before they came to an app: as the app answers its own, with its
 * translations, its problem body and one log line. The app must be made by `createApp`.
 */
export function refuseBy(app: RequestListener): (req: IncomingMessage, res: ServerResponse, error: unknown) => void {
  return (req, res, error) => {
    refused.set(req, { error });
    app(req, res);
  };
}

/** Passes a request that `refuseBy` handed over to the problem handler, and every other one on. */
export function passRefused(): RequestHandler {
  return (req, _res, next) => {
    const refusal = refused.get(req);
    if (refusal === undefined) next();
    else throw asError(refusal.error);
  };
}

/** Express goes on to the routes for what is no error to it, such as `undefined` or 'route'. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('refused without an error', { cause: error });
}
