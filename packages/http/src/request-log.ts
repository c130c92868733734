import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Problem } from './problem.ts';
import { contextOf, elapsedMs } from './request-context.ts';

/** Who a request turned out to be from, for the log. Must not throw when nobody was identified. */
export type Identify = (req: Request) => { user?: string | undefined; caller?: string | undefined };

const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz']);
const refusals = new WeakMap<IncomingMessage, Problem>();

/** Remembers why a request was refused, for its log line. */
export function noteProblem(req: Request, problem: Problem): void {
  refusals.set(req, problem);
}

interface RequestLogOptions {
  readonly log: Log;
  readonly identify?: Identify | undefined;
  readonly metrics?: Metrics | undefined;
}

/** Logs (and counts) one line per request when its connection is done with it, also when the client left early (`aborted: true`). */
export function requestLog(options: RequestLogOptions): RequestHandler {
  const { log, identify, metrics } = options;
  return (req, res, next) => {
    const path = pathOf(req);
    res.once('close', () => {
      const ms = elapsedMs(req);
      if (res.headersSent) {
        metrics?.countRequest({ method: req.method, route: routeOf(req), status: res.statusCode, seconds: ms / 1000 });
      }
      const problem = refusals.get(req);
      const aborted = !res.writableFinished;
      const status = res.headersSent ? res.statusCode : undefined;
      const { requestId, traceId } = contextOf(req);
      log[levelOf(path, res, problem)](
        {
          method: req.method,
          path,
          status,
          ms,
          ...identified(req, log, identify),
          requestId,
          traceId,
          code: problem?.code,
          reason: problem?.reason,
          ...(aborted && { aborted }),
        },
        `${req.method} ${path} ${status ?? 'unanswered'} ${ms} ms`,
      );
    });
    next();
  };
}

/** The template of the route that answered: one label value however many ids there are. */
function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  return typeof path === 'string' ? path : 'unmatched';
}

/** Without the query string: queries carry personal data and, by mistake, credentials. */
function pathOf(req: Request): string {
  return req.originalUrl.replace(/[?#].*$/s, '');
}

function levelOf(path: string, res: Response, problem: Problem | undefined): 'debug' | 'info' | 'warn' | 'error' {
  if (PROBES.has(path)) return 'debug';
  const status = problem?.status ?? res.statusCode;
  if (status < 500) return 'info';
  return problem?.status === 503 ? 'warn' : 'error';
}

/** Runs in an event, where an exception would end the process: a failing `identify` costs the two fields, no more. */
function identified(req: Request, log: Log, identify: Identify | undefined): ReturnType<Identify> {
  try {
    return identify?.(req) ?? {};
  } catch (err) {
    log.error({ err }, 'identify failed');
    return {};
  }
}
