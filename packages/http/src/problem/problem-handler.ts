import type { ErrorRequestHandler, Response } from 'express';
import type { Log } from '../log/log.ts';
import { noteProblem } from '../log/request-log.ts';
import { contextOf } from '../request/request-context.ts';
import { isAborted, parserProblem } from './parser-errors.ts';
import { Problem } from './problem.ts';
import { sendProblem } from './problem-response.ts';

/** Converts an error to a problem; `undefined` leaves the error to the next translation. */
export type Translate = (error: unknown) => Problem | undefined;

/**
 * Creates the error handler, the only place where errors become answers. A `Problem` is sent as it is. For other errors
 * the translations are tried, then the errors of the parser. An unknown error is a 500 that does not show its cause.
 * Causes of 5xx are logged with their stack.
 */
export function problemHandler(options: { log: Log; translate: readonly Translate[] }): ErrorRequestHandler {
  const { log, translate } = options;
  // Express recognises an error handler by its four parameters.
  return (error: unknown, req, res, _next) => {
    if (isAborted(error)) return;
    const { requestId, traceId } = contextOf(req);
    const problem = toProblem(error, translate);
    noteProblem(req, problem);
    if (problem.status >= 500) {
      const level = problem.code === 'internal' ? 'error' : 'warn';
      const { code, reason } = problem;
      // An unavailable dependency is logged once, where it is called, not with a stack for each request.
      const err = problem.cause ?? (error === problem || problem.code === 'unavailable' ? undefined : error);
      if (err !== undefined || level === 'error') {
        log[level]({ err: err ?? problem, code, reason, requestId, traceId }, 'request failed');
      }
    }
    // A part of the answer is sent: only closing the connection can show the client that it is incomplete.
    if (res.headersSent) req.socket.destroy();
    else send(res, problem, requestId, log);
  };
}

/**
 * Sends a problem. If that throws (for a header with a line break, for example), which is a bug, the client gets a 500.
 */
function send(res: Response, problem: Problem, requestId: string, log: Log): void {
  try {
    sendProblem(res, problem, requestId);
  } catch (err) {
    log.error({ err, code: problem.code, requestId }, 'problem not sendable');
    sendProblem(res, new Problem('internal'), requestId);
  }
}

function toProblem(error: unknown, translate: readonly Translate[]): Problem {
  if (error instanceof Problem) return error;
  try {
    for (const translation of translate) {
      const problem = translation(error);
      if (problem !== undefined) return problem;
    }
  } catch (cause) {
    return new Problem('internal', { cause, reason: 'a translation of errors failed' });
  }
  return parserProblem(error) ?? new Problem('internal', { cause: error });
}
