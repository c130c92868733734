import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestHeaders } from '@auth/contracts';
import { followRequest, type Log, type Metrics } from '@auth/http';
import type { Authentication } from '../authentication/authentication.ts';
import type { ClientOf } from '../client.ts';
import { ambiguousTarget, assertForwardable } from './admission.ts';
import { forward } from './forward.ts';
import { createForwardedHeaders } from './forwarded-headers.ts';
import { abortWhenClientLeaves } from './patched-response.ts';
import { isClosing, refuse } from './refuse.ts';
import { openRequest, type ProxyParts, type ProxyRequest } from './request.ts';
import { hasBody, readRequestBody } from './request-body.ts';
import { type RequestHeaders, readRequestHeaders } from './request-headers.ts';
import { createShares, type Shares } from './shares.ts';
import { findProxyRoute } from './target.ts';
import type { Upstreams } from './upstreams.ts';

/**
 * Answers a request that is for a service. Returns false for a request that is not: it is left to the gateway's own
 * routes.
 */
export type Proxy = (req: IncomingMessage, res: ServerResponse) => boolean;

export interface ProxyOptions extends Pick<ProxyParts, 'answerError'> {
  /** Closed by the caller of `openUpstreams`. */
  readonly upstreams: Upstreams;
  /**
   * Authenticates the client, or throws to refuse the request. A header with one value, such as `Cookie`, is not
   * repeated.
   */
  readonly authorize: (req: IncomingMessage) => Authentication | Promise<Authentication>;
  readonly clientOf: ClientOf;
  readonly maxBodyBytes: number;
  /** The time within which the whole body of a request must come; 15 s by default. */
  readonly bodyTimeoutMs?: number;
  /** The bound for incomplete bodies, from `bodyShares`. */
  readonly bodies: Shares;
  /** The origin of the gateway for browsers, such as `https://shop.example`. It is forwarded to services. */
  readonly publicOrigin: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The memory that all incomplete bodies together may use, in bytes. */
const bodyMemory = 128_000_000;
/** The bound for answers that clients do not read: 128 MB in all. */
const unreadAnswers = { perClient: 64, total: 512 };
/**
 * The age from which an authentication is repeated after the body: the session may have ended, or its token be expiring.
 */
const authorizeAgainMs = 1000;

/** Creates the bound for incomplete bodies: 1024, or fewer larger ones; an eighth of that for one client. */
export function bodyShares({ maxBodyBytes }: { readonly maxBodyBytes: number }): Shares {
  const total = Math.max(16, Math.min(1024, Math.floor(bodyMemory / Math.max(1, maxBodyBytes))));
  return createShares({ perClient: Math.ceil(total / 8), total });
}

/** Creates the proxy in front of the services. */
export function createProxy(options: ProxyOptions): Proxy {
  const { upstreams, authorize, clientOf, maxBodyBytes, bodyTimeoutMs = 15_000, bodies, log, metrics } = options;
  const { answerError } = options;
  const forwardedHeaders = createForwardedHeaders(options);
  const parts: ProxyParts = { answerError, unreadAnswers: createShares(unreadAnswers) };

  function pass(
    request: ProxyRequest,
    { passed, authorization }: RequestHeaders,
    authentication: Authentication,
  ): void {
    const { client } = request;
    request.authentication = authentication;
    request.session = authentication.kind === 'session' ? authentication.session : undefined;
    request.headers = [...passed, ...forwardedHeaders({ client, authentication, authorization })];
    forward(request);
  }

  /**
   * Reads the body before the request takes a slot, and after everything that can refuse the request without its body.
   */
  async function passWithBody(
    request: ProxyRequest,
    headers: RequestHeaders,
    authenticating: Authentication | Promise<Authentication>,
  ): Promise<void> {
    const { req, client, service } = request;
    const authentication = await authenticating;
    service.breaker.assertClosed();
    const startedAt = performance.now();
    const limits = { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs };
    request.body = await readRequestBody(req, { ...limits, shares: bodies, client: client.addressBlock() });
    const isOld = performance.now() - startedAt > authorizeAgainMs;
    pass(request, headers, isOld ? await authorize(req) : authentication);
  }

  function admit(request: ProxyRequest): void | Promise<void> {
    const { req, upstream } = request;
    assertForwardable(req, { maxBodyBytes });
    const { connection } = req.headers;
    const headers = readRequestHeaders(req.rawHeaders, { connection, declared: requestHeaders[upstream] ?? [] });
    const authentication = authorize(req);
    if (hasBody(req)) return passWithBody(request, headers, authentication);
    if (authentication instanceof Promise) return authentication.then((known) => pass(request, headers, known));
    return pass(request, headers, authentication);
  }

  return (req, res) => {
    if (isClosing(req.socket)) return true;
    const route = findProxyRoute(req.url ?? '');
    if (route === undefined) return false;
    if (route === 'ambiguous') {
      // Such a target belongs to no service, so the app also writes its log line.
      answerError(req, res, ambiguousTarget());
      return true;
    }
    const { template, service: upstream, slow = false } = route;
    const service = upstreams.byName[upstream];
    const request = openRequest({ req, res, client: clientOf(req), route: template, upstream, service, slow, parts });
    abortWhenClientLeaves(request);
    followRequest(req, res, { log, metrics, facts: request });
    try {
      admit(request)?.catch((error: unknown) => refuse(request, error));
    } catch (error) {
      refuse(request, error);
    }
    return true;
  };
}
