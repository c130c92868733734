import type { ErrorRequestHandler } from 'express';
import { answerOf, assertRefusalOptions, type RefusalOptions, refusalOf } from '../http/refusal.ts';
import { send } from '../node/send.ts';

/**
 * Creates the error handler for an application without its own. It answers refusals as problem details (RFC 9457) and
 * passes every other error on.
 *
 * @throws TypeError for a wrong option
 */
export function refusals(options: RefusalOptions = {}): ErrorRequestHandler {
  assertRefusalOptions(options);
  return (error, _req, res, next) => {
    const refusal = refusalOf(error, options);
    if (refusal === undefined || res.headersSent) {
      next(error);
      return;
    }
    send(res, answerOf(refusal));
  };
}
