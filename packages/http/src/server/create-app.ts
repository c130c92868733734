import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Express, RequestHandler } from 'express';
import express from 'express';
import helmet from 'helmet';
import type { Log } from '../log/log.ts';
import { type Identify, requestLog } from '../log/request-log.ts';
import { Problem } from '../problem/problem.ts';
import { problemHandler, type Translate } from '../problem/problem-handler.ts';
import { passRefused } from '../problem/refuse-by.ts';
import { requestContext } from '../request/request-context.ts';
import type { Metrics } from './metrics.ts';
import { probes } from './probes.ts';
import type { Readiness } from './readiness.ts';

interface CreateAppOptions {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly identify?: Identify;
  readonly metrics?: Metrics;
  /** Additional members of `/readyz?verbose`. Without this option there is no verbose answer: clients could read it. */
  readonly probeDetails?: () => Readonly<Record<string, unknown>>;
  /** Whether `currentContext` works while a request is served; true by default. It costs processor time. */
  readonly currentContext?: boolean;
  /** Addresses and networks of the proxies in front: their `X-Forwarded-For` counts. None by default. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/**
 * Creates an Express app with the middleware of every service: literal paths, request context, one log line per
 * request, security headers, `GET /livez`, `GET /readyz`. Add the routes, then call `finishApp`.
 */
export function createApp(options: CreateAppOptions): Express {
  const { log, readiness, identify, metrics, probeDetails, trustedProxies = [], currentContext = true } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('case sensitive routing').enable('strict routing');
  app.set('query parser', 'simple').set('trust proxy', [...trustedProxies]);
  // In any other environment, the default error handler of Express prints stacks. It is used only when our own handler
  // fails.
  app.set('env', 'production');
  app.use(
    combine(
      requestContext({ isCurrent: currentContext }),
      requestLog({ log, identify, metrics }),
      fixedHeaders(),
      passRefused(),
    ),
    probes(readiness, probeDetails),
  );
  return app;
}

/** Adds the handlers after the routes: 404 and the problem handler. Nothing may be added after it. */
export function finishApp(app: Express, options: { log: Log; translate: readonly Translate[] }): Express {
  app.use(() => {
    throw new Problem('not_found');
  });
  return app.use(problemHandler(options));
}

/** Combines several middlewares into one layer: a layer of Express costs more than most of these middlewares. */
function combine(...[first, ...rest]: readonly RequestHandler[]): RequestHandler {
  if (first === undefined) return (_req, _res, next) => next();
  const others = combine(...rest);
  return (req, res, next) =>
    first(req, res, (error?: unknown) => {
      if (error === undefined) others(req, res, next);
      else next(error);
    });
}

/** Sets the headers of every answer. They are always the same, so helmet is called once, at the start. */
function fixedHeaders(): RequestHandler {
  const headers = new Map(securityHeaders());
  // Answers are specific to a client. A route whose answer may be cached sets its own header (RFC 9111 §5.2.2.5).
  headers.set('Cache-Control', 'no-store');
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

/**
 * Returns the security headers of a JSON API: nothing may be loaded or framed. HSTS and `upgrade-insecure-requests`
 * belong to the proxy that terminates TLS; over plain HTTP they would break development. An HTML page sets its own
 * policy.
 */
function securityHeaders(): ReadonlyMap<string, string> {
  const set = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xXssProtection: false,
  });
  const headers = new Map<string, string>();
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  answer.setHeader = (name, value) => {
    headers.set(name, String(value));
    return answer;
  };
  set(answer.req, answer, (error) => {
    if (error !== undefined) throw error;
  });
  return headers;
}
