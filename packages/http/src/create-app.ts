import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Express, RequestHandler } from 'express';
import express from 'express';
import helmet from 'helmet';
import { allowedMethods, answersOptions, assertLiteralRoutes } from './allowed-methods.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { probes } from './probes.ts';
import { Problem } from './problem.ts';
import type { Translate } from './problem-handler.ts';
import { problemHandler } from './problem-handler.ts';
import type { Readiness } from './readiness.ts';
import { passRefused } from './refuse-by.ts';
import { requestContext } from './request-context.ts';
import type { Identify } from './request-log.ts';
import { requestLog } from './request-log.ts';
import { assertNoServiceToken } from './service-token.ts';

export interface CreateAppOptions {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly identify?: Identify;
  readonly metrics?: Metrics;
  /** What `/readyz?verbose` tells beside every check. Without it there is no verbose answer: not where callers can see it. */
  readonly probeDetails?: () => Readonly<Record<string, unknown>>;
  /** Whether there is a `currentContext` while a request is served. There is, unless this says no: it has its price. */
  readonly currentContext?: boolean;
  /** Addresses and networks of the proxies in front, whose `X-Forwarded-For` counts. Nobody's unless given. */
  readonly trustedProxies?: readonly string[] | undefined;
}

/**
 * An Express app with what every service has above its routes: literal paths, request context, one log line per
 * request, security headers, `GET /livez`, `GET /readyz`, `OPTIONS`. Add the routes, then call `finishApp`.
 */
export function createApp(options: CreateAppOptions): Express {
  const { log, readiness, identify, metrics, probeDetails, trustedProxies = [], currentContext = true } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('case sensitive routing').enable('strict routing');
  app.set('query parser', 'simple').set('trust proxy', [...trustedProxies]);
  // Express's last resort, used only when our own handler fails, prints stacks in any other environment.
  app.set('env', 'production');
  app.use(
    inOne(
      ...[requestContext({ isCurrent: currentContext }), requestLog({ log, identify, metrics }), fixedHeaders()],
      ...[passRefused(), answerOptions(app)],
    ),
    probes(readiness, probeDetails),
  );
  return app;
}

/** Appends what stands below the routes: 404, 405 with `Allow`, the problem handler. Nothing may be added after it. */
export function finishApp(app: Express, options: { log: Log; translate: readonly Translate[] }): Express {
  assertLiteralRoutes(app.router);
  app.use((req) => {
    const methods = allowedMethods(app.router, req.path);
    if (methods.length === 0) throw new Problem('not_found');
    throw new Problem('method_not_allowed', { headers: { Allow: methods.join(', ') } });
  });
  return app.use(problemHandler(options));
}

/** Stands above the routes, because a nested router would answer OPTIONS itself, with 200 and only its own methods. */
function answerOptions(app: Express): RequestHandler {
  return (req, res, next) => {
    const methods = req.method === 'OPTIONS' ? allowedMethods(app.router, req.path) : [];
    if (methods.length === 0 || answersOptions(app.router, req.path)) {
      next();
      return;
    }
    assertNoServiceToken(req);
    res.set('Allow', methods.join(', ')).status(204).end();
  };
}

/** Several middlewares as one: Express does more around each of its layers than most of them do themselves. */
function inOne(...[first, ...rest]: readonly RequestHandler[]): RequestHandler {
  if (first === undefined) return (_req, _res, next) => next();
  const others = inOne(...rest);
  return (req, res, next) =>
    first(req, res, (error?: unknown) => {
      if (error === undefined) others(req, res, next);
      else next(error);
    });
}

/** Sets the headers of every answer. They are the same each time, so helmet is asked once, at the start. */
function fixedHeaders(): RequestHandler {
  const headers = new Map(securityHeaders());
  // Answers are about whoever asked: a route that may be cached says so itself (RFC 9111 §5.2.2.5).
  headers.set('Cache-Control', 'no-store');
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

/**
 * For an API that answers JSON: nothing may be loaded or framed. HSTS and `upgrade-insecure-requests` belong to
 * whatever ends TLS; sent over plain http they would break development. A page of ours sets its own policy.
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
