import type { ErrorRequestHandler, Response } from 'express';
import type { Log } from './log.ts';
import { isAborted, parserProblem } from './parser-errors.ts';
import { Problem } from './problem.ts';
import { sendProblem } from './problem-response.ts';
import { contextOf } from './request-context.ts';
import { noteProblem } from './request-log.ts';

/** Turns an error that it knows into a problem; `undefined` leaves it to the next one. */
export type Translate = (error: unknown) => Problem | undefined;

/**
 * The one place where errors become answers. A `Problem` is sent as it is; then each translation is asked, then the
 * parser's errors; whatever is left is a 500 that says nothing of its cause. Causes of 5xx are logged with their stack.
 */
export function problemHandler(options: { log: Log; translate: readonly Translate[] }): ErrorRequestHandler {
  const { log, translate } = options;
  // Express tells an error handler by its four parameters.
  return (error: unknown, req, res, _next) => {
    if (isAborted(error)) return;
    const { requestId, traceId } = contextOf(req);
    const problem = toProblem(error, translate);
    noteProblem(req, problem);
    if (problem.status >= 500) {
      const level = problem.code === 'internal' ? 'error' : 'warn';
      const { code, reason } = problem;
      // A dependency that is down is logged once, where it is called: not with a stack for each request.
      const err = problem.cause ?? (error === problem || problem.code === 'unavailable' ? undefined : error);
      if (err !== undefined || level === 'error') {
        log[level]({ err: err ?? problem, code, reason, requestId, traceId }, 'request failed');
      }
    }
    // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
    if (res.headersSent) req.socket.destroy();
    else send(res, problem, requestId, log);
  };
}

/** A problem that cannot be sent (a header with a line break, say) is a bug of ours, and still gets a whole answer. */
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
    for (const ask of translate) {
      const problem = ask(error);
      if (problem !== undefined) return problem;
    }
  } catch (cause) {
    return new Problem('internal', { cause, reason: 'a translation of errors failed' });
  }
  return parserProblem(error) ?? new Problem('internal', { cause: error });
}
