import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log, Metrics } from '@auth/http';
import { followRequest, nameRequest } from '@auth/http';
import { assertForwardable, assertUnambiguous } from './admission.ts';
import type { Exchange } from './exchange.ts';
import { openExchange } from './exchange.ts';
import { forward } from './forward.ts';
import { createForwardedHeaders } from './forwarded-headers.ts';
import { hasBody } from './request-body.ts';
import type { RequestHeaders } from './request-headers.ts';
import { readRequestHeaders } from './request-headers.ts';
import type { ProxyRoute } from './target.ts';
import { findProxyRoute } from './target.ts';
import type { Upstreams } from './upstreams.ts';
import type { Visitor } from './visitor.ts';

/** Takes a request that is for a service, or whose target is not clear, and answers it; `false` leaves it to others. */
export type Proxy = (req: IncomingMessage, res: ServerResponse) => boolean;

export interface ProxyOptions {
  /** Closed by whoever opened them. */
  readonly upstreams: Upstreams;
  /** Says who asks. Throws to refuse. What a request may say only once, such as `Cookie`, it has said once. */
  readonly authorize: (req: IncomingMessage) => Visitor | Promise<Visitor>;
  readonly maxBodyBytes: number;
  /** Where browsers find the gateway, such as `https://shop.example`. Services are told. */
  readonly publicOrigin: string;
  /** The address of whoever asks. Services are told. */
  readonly clientAddress: (req: IncomingMessage) => string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Answers a request with an error, as the gateway's own routes do. */
  readonly refuse: (req: IncomingMessage, res: ServerResponse, error: unknown) => void;
}

/** Makes the proxy in front of the services. */
export function createProxy(options: ProxyOptions): Proxy {
  const { upstreams, authorize, maxBodyBytes, log, metrics } = options;
  const forwardedHeaders = createForwardedHeaders(options);

  const pass = (exchange: Exchange, route: ProxyRoute, headers: RequestHeaders, visitor: Visitor) => {
    const { req } = exchange;
    const session = visitor.kind === 'session' ? visitor : undefined;
    exchange.session = session?.session;
    forward({
      exchange,
      session,
      refuse,
      upstream: upstreams.byName[route.service],
      headers: [...headers.passed, ...forwardedHeaders(req, headers.authorization, visitor)],
      maxBodyBytes: hasBody(req) ? maxBodyBytes : undefined,
    });
  };

  const refuse = ({ req, res, left }: Exchange, error: unknown) => {
    if (!left) options.refuse(req, res, error);
  };

  return (req, res) => {
    const route = findProxyRoute(req.url ?? '');
    if (route === undefined) return false;
    const facts = route === 'ambiguous' ? { route: 'unmatched' } : { route: route.template, upstream: route.service };
    const exchange = openExchange({ req, res, requestId: nameRequest(req).requestId, ...facts });
    followRequest(req, res, { log, metrics, facts: exchange });
    try {
      assertUnambiguous(route);
      assertForwardable(req, { maxBodyBytes });
      const headers = readRequestHeaders(req.rawHeaders, req.headers.connection);
      const visitor = authorize(req);
      if (!(visitor instanceof Promise)) pass(exchange, route, headers, visitor);
      else visitor.then((known) => pass(exchange, route, headers, known)).catch((error) => refuse(exchange, error));
    } catch (error) {
      refuse(exchange, error);
    }
    return true;
  };
}
