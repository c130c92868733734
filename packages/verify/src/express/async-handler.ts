import type { NextFunction, Request, RequestHandler, Response } from 'express';

/**
 * Wraps an asynchronous handler, so that its errors reach the error handler in Express 4 too, which does not look at
 * promises. What is thrown and is no Error becomes one: `next()` would take `undefined` or 'route' as "go on".
 */
export function passErrors(handle: (req: Request, res: Response, next: NextFunction) => Promise<void>): RequestHandler {
  return async (req, res, next) => {
    try {
      await handle(req, res, next);
    } catch (error) {
      next(error instanceof Error ? error : new Error('what was thrown is no Error', { cause: error }));
    }
  };
}
