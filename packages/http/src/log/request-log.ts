import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Problem } from '../problem/problem.ts';
import { contextOf, elapsedMs } from '../request/request-context.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Log } from './log.ts';

/** Returns the user and the caller of a request, for the log. Must not throw for an unauthenticated request. */
export type Identify = (req: Request) => { user?: string | undefined; caller?: string | undefined };

/** The facts for the log line of a request that is answered without an app. */
export interface RequestFacts {
  /** The path template, for the metrics. */
  readonly route: string;
  /** The service that answers the request. */
  readonly upstream?: string | undefined;
  /** The id of the session, not its secret. */
  readonly session?: string | undefined;
}

interface RequestLogOptions {
  readonly log: Log;
  readonly identify?: Identify | undefined;
  readonly metrics?: Metrics | undefined;
}

const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics', '/metrics.json']);
/** 501 and 505: errors of the client, not failures of the service. */
const clientFaults: ReadonlySet<number> = new Set([501, 505]);
const refusals = new WeakMap<IncomingMessage, Problem>();
/** Stored on the request itself, like the request context and for the same reason. */
const followed = Symbol('followed');
type Followed = IncomingMessage & { [followed]?: true };

/** Requests whose answer was written to the socket, without their `ServerResponse`. */
const answeredOnSocket = new WeakSet<IncomingMessage>();

/** Records that a problem was written to the socket in place of the answer, for the log line and the count. */
export function noteSocketAnswer(req: IncomingMessage, problem: Problem): void {
  noteProblem(req, problem);
  answeredOnSocket.add(req);
}

/** Records why a request was refused, for its log line. */
export function noteProblem(req: IncomingMessage, problem: Problem): void {
  refusals.set(req, problem);
}

/**
 * Creates the middleware that logs and counts each request when its connection is done with it, also when the client
 * disconnected early (`aborted: true`).
 */
export function requestLog({ log, identify, metrics }: RequestLogOptions): RequestHandler {
  return (req, res, next) => {
    if (!isFollowed(req)) {
      res.once('close', () => {
        const who = () => identified(req, log, identify);
        logRequest({ log, metrics, req, res, path: pathOf(req.originalUrl), who, route: routeOf(req) });
      });
    }
    next();
  };
}

/**
 * Logs and counts a request that is answered without an app, after `nameRequest`. An app that gets the request later
 * does neither. `facts` are read when the line is written.
 */
export function followRequest(
  req: Followed,
  res: ServerResponse,
  { log, metrics, facts }: { log?: Log | undefined; metrics?: Metrics | undefined; facts: RequestFacts },
): void {
  req[followed] = true;
  const path = pathOf(req.url ?? '');
  res.once('close', () => {
    const { route, upstream, session } = facts;
    logRequest({ log, metrics, req, res, path, who: () => ({ upstream, session }), route });
  });
}

function isFollowed(req: Followed): boolean {
  return req[followed] === true;
}

interface LoggedRequest {
  readonly log: Log | undefined;
  readonly metrics: Metrics | undefined;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  /** Called only when the line is written. */
  readonly who: () => Readonly<Record<string, string | undefined>>;
  readonly route: string;
}

function logRequest({ log, metrics, req, res, path, who, route }: LoggedRequest): void {
  const ms = elapsedMs(req);
  const { method = '' } = req;
  const problem = refusals.get(req);
  const onSocket = answeredOnSocket.has(req);
  const status = onSocket ? problem?.status : res.headersSent ? res.statusCode : undefined;
  if (status !== undefined) metrics?.countRequest({ method, route, status, seconds: ms / 1000 });
  const level = levelOf(path, status ?? res.statusCode, problem);
  if (log?.isLevelEnabled(level) !== true) return;
  const aborted = !onSocket && !res.writableFinished;
  const { requestId, traceId } = contextOf(req);
  const { code, reason } = problem ?? {};
  log[level](
    { method, path, status, ms, ...who(), requestId, traceId, code, reason, ...(aborted && { aborted }) },
    `${method} ${path} ${status ?? 'unanswered'} ${ms} ms`,
  );
}

/** Returns the path template of the route that answered: one label value for all ids. */
function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  return typeof path === 'string' ? path : 'unmatched';
}

/** Removes the query string and userinfo: they carry personal data and, by mistake, credentials. */
function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, '').replace(/^[^/]*\/\/[^/]*@/, '');
}

/**
 * Returns the log level of a request. Probes and scrapes come every few seconds: only refused ones are logged, and not
 * while a service drains.
 */
function levelOf(path: string, answered: number, problem: Problem | undefined): 'debug' | 'info' | 'warn' | 'error' {
  const status = problem?.status ?? answered;
  if (PROBES.has(path) && (status < 400 || status === 503)) return 'debug';
  if (status === 503) return 'warn';
  return status < 500 || clientFaults.has(status) ? 'info' : 'error';
}

/**
 * Calls `identify` and catches its errors: in an event handler an exception would end the process. Only the two fields
 * are lost.
 */
function identified(req: Request, log: Log, identify: Identify | undefined): ReturnType<Identify> {
  try {
    return identify?.(req) ?? {};
  } catch (err) {
    log.error({ err }, 'identify failed');
    return {};
  }
}
