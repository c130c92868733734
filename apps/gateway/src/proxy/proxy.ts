import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { requestHeaders } from '@auth/contracts';
import type { Log, Metrics } from '@auth/http';
import { addressBlock, followRequest, nameRequest, Problem } from '@auth/http';
import type { Visitor } from '../authentication/authentication.ts';
import { assertForwardable, assertUnambiguous } from './admission.ts';
import { forward } from './forward.ts';
import { createForwardedHeaders } from './forwarded-headers.ts';
import { failureProblem } from './refuse.ts';
import type { Exchange } from './request.ts';
import { ClientLeft, openExchange } from './request.ts';
import { hasBody, readRequestBody } from './request-body.ts';
import type { RequestHeaders } from './request-headers.ts';
import { readRequestHeaders } from './request-headers.ts';
import type { Shares } from './shares.ts';
import { createShares } from './shares.ts';
import type { ProxyRoute } from './target.ts';
import { findProxyRoute } from './target.ts';
import type { Upstreams } from './upstreams.ts';

/** Takes a request that is for a service, or whose target is not clear, and answers it; `false` leaves it to others. */
export type Proxy = (req: IncomingMessage, res: ServerResponse) => boolean;

export interface ProxyOptions {
  /** Closed by whoever opened them. */
  readonly upstreams: Upstreams;
  /** Says who asks. Throws to refuse. What a request may say only once, such as `Cookie`, it has said once. */
  readonly authorize: (req: IncomingMessage) => Visitor | Promise<Visitor>;
  readonly maxBodyBytes: number;
  /** How long the body of a request may take; 15 s unless given. */
  readonly bodyTimeoutMs?: number;
  /** The bound for incomplete bodies; from `bodyShares`. */
  readonly bodies: Shares;
  /** Where browsers find the gateway, such as `https://shop.example`. Services are told. */
  readonly publicOrigin: string;
  /** The address of the client, forwarded to services. */
  readonly clientAddress: (req: IncomingMessage) => string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Answers a request with an error, as the gateway's own routes do. */
  readonly refuse: (req: IncomingMessage, res: ServerResponse, error: unknown) => void;
}

/** The memory that bodies which are not whole may take, all together, in bytes. */
const bodyMemory = 128_000_000;
/** Answers that are not read: 128 MB at most. */
const unreadAnswers = { perClient: 64, total: 512 };
/** After so long a body the client is asked for again: its session may have ended, or its token be about to expire. */
const authorizeAgainMs = 1000;

/** Bounds on bodies that are not whole: 1024, or fewer larger ones; an eighth of that for one client. */
export function bodyShares({ maxBodyBytes }: { readonly maxBodyBytes: number }): Shares {
  const total = Math.max(16, Math.min(1024, Math.floor(bodyMemory / Math.max(1, maxBodyBytes))));
  return createShares({ perClient: Math.ceil(total / 8), total });
}

/** Creates the proxy in front of the services. */
export function createProxy(options: ProxyOptions): Proxy {
  const { upstreams, authorize, maxBodyBytes, bodyTimeoutMs = 15_000, bodies, clientAddress, log, metrics } = options;
  const forwardedHeaders = createForwardedHeaders(options);
  const shares = createShares(unreadAnswers);

  interface Admitted {
    readonly route: ProxyRoute;
    readonly headers: RequestHeaders;
  }

  const pass = (exchange: Exchange, { route, headers }: Admitted, visitor: Visitor, body: Buffer | undefined) => {
    const session = visitor.kind === 'session' ? visitor : undefined;
    exchange.session = session?.session;
    forward({
      ...{ exchange, session, refuse, body },
      slow: route.slow === true,
      upstream: upstreams.byName[route.service],
      headers: [...headers.passed, ...forwardedHeaders(exchange.req, headers.authorization, visitor)],
    });
  };

  /** No place is taken before the body is whole, and no body is read that will be refused. */
  const passWithBody = async (exchange: Exchange, admitted: Admitted, asked: Visitor | Promise<Visitor>) => {
    const { req } = exchange;
    const visitor = await asked;
    upstreams.byName[admitted.route.service].breaker.assertClosed();
    const startedAt = performance.now();
    const limits = { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs };
    const body = await readRequestBody(req, { ...limits, shares: bodies, client: exchange.client() });
    const isLate = performance.now() - startedAt > authorizeAgainMs;
    pass(exchange, admitted, isLate ? await authorize(req) : visitor, body);
  };

  const giveUp = (exchange: Exchange, { service }: ProxyRoute, error: unknown) => {
    if (!(error instanceof ClientLeft)) refuse(exchange, failureProblem(upstreams.byName[service], error));
  };

  const refuse = ({ req, res, left }: Exchange, error: unknown) => {
    if (left) return;
    if (error instanceof Problem && error.headers['Connection'] === 'close') closeAfter(req.socket);
    options.refuse(req, res, error);
  };

  return (req, res) => {
    // What comes after a request that ends its connection may be a part of that request.
    if (isClosing(req.socket)) return true;
    const route = findProxyRoute(req.url ?? '');
    if (route === undefined) return false;
    const facts = route === 'ambiguous' ? { route: 'unmatched' } : { route: route.template, upstream: route.service };
    const client = () => addressBlock(clientAddress(req));
    const exchange = openExchange({ req, res, client, shares, requestId: nameRequest(req).requestId, ...facts });
    followRequest(req, res, { log, metrics, facts: exchange });
    try {
      assertUnambiguous(route);
      assertForwardable(req, { maxBodyBytes });
      const { connection } = req.headers;
      const headers = readRequestHeaders(req.rawHeaders, { connection, declared: requestHeaders[route.service] ?? [] });
      const visitor = authorize(req);
      const admitted = { route, headers };
      if (hasBody(req)) passWithBody(exchange, admitted, visitor).catch((error) => giveUp(exchange, route, error));
      else if (!(visitor instanceof Promise)) pass(exchange, admitted, visitor, undefined);
      else
        visitor.then((known) => pass(exchange, admitted, known, undefined)).catch((error) => refuse(exchange, error));
    } catch (error) {
      refuse(exchange, error);
    }
    return true;
  };
}

const closing = Symbol('closing');
type Marked = Socket & { [closing]?: true };

function closeAfter(socket: Marked): void {
  socket[closing] = true;
}

function isClosing(socket: Marked): boolean {
  return socket[closing] === true;
}
