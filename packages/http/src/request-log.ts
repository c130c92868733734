import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Problem } from './problem.ts';
import { contextOf, elapsedMs } from './request-context.ts';

/** Who a request turned out to be from, for the log. Must not throw when nobody was identified. */
export type Identify = (req: Request) => { user?: string | undefined; caller?: string | undefined };

/** What whoever answers a request without an app knows of it when its line is written. */
export interface RequestFacts {
  /** The path template to count it by. */
  readonly route: string;
  /** The service that answers it. */
  readonly upstream?: string | undefined;
  /** The session it belongs to: its id, not its secret. */
  readonly session?: string | undefined;
}

interface RequestLogOptions {
  readonly log: Log;
  readonly identify?: Identify | undefined;
  readonly metrics?: Metrics | undefined;
}

const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);
/** Not implemented, HTTP version not supported: errors of the client, not failures of the service. */
const clientFaults: ReadonlySet<number> = new Set([501, 505]);
const refusals = new WeakMap<IncomingMessage, Problem>();
/** On the request itself, for the reason of the context's. */
const followed = Symbol('followed');
type Followed = IncomingMessage & { [followed]?: true };

/** Requests whose answer was written to the socket, without their `ServerResponse`. */
const answeredOnSocket = new WeakSet<IncomingMessage>();

/** Records that a problem was written to the socket in place of the answer, for the log line and the count. */
export function noteSocketAnswer(req: IncomingMessage, problem: Problem): void {
  noteProblem(req, problem);
  answeredOnSocket.add(req);
}

/** Remembers why a request was refused, for its log line. */
export function noteProblem(req: IncomingMessage, problem: Problem): void {
  refusals.set(req, problem);
}

/** Logs (and counts) one line per request when its connection is done with it, also when the client left early (`aborted: true`). */
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
 * The same line and the same count for a request that is answered without an app. It must have a name (`nameRequest`).
 * An app that is handed the request later leaves both to this. `facts` are read when the line is written.
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
  /** Asked for a line that is written, and for no other. */
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

/** The template of the route that answered: one label value however many ids there are. */
function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  return typeof path === 'string' ? path : 'unmatched';
}

/** Without the query string and userinfo: they carry personal data and, by mistake, credentials. */
function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, '').replace(/^[^/]*\/\/[^/]*@/, '');
}

/** Probes and scrapes come every few seconds: they are logged when they are refused, and not while a service drains. */
function levelOf(path: string, answered: number, problem: Problem | undefined): 'debug' | 'info' | 'warn' | 'error' {
  const status = problem?.status ?? answered;
  if (PROBES.has(path) && (status < 400 || status === 503)) return 'debug';
  if (status === 503) return 'warn';
  return status < 500 || clientFaults.has(status) ? 'info' : 'error';
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
