import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { urlHost } from '../config/listen-settings.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import { trackConnections } from './wire/connections.ts';
import { serveBehindFront } from './wire/front.ts';

/** The address, limits and shutdown times of a server. */
export interface ListenOptions {
  port: number;
  host: string;
  readiness: Readiness;
  /** How long requests are served after `drain` is called, so that load balancers see `/readyz` fail first. */
  drainDelayMs: number;
  /** When running requests are cut off, counted from `drain`. 8 s by default. */
  deadlineMs?: number;
  limits?: ConnectionLimits;
  /** How long an idle connection is kept. 620 s by default. */
  keepAliveMs?: number;
  /** Log and metrics of requests that are refused before the app: unreadable ones, and those with bad framing. */
  log?: Log;
  metrics?: Metrics;
}

/**
 * Limits of a connection, each with a default. A proxy in front of services has tighter limits than they have, so that
 * its requests do not reach theirs.
 */
export interface ConnectionLimits {
  /** The largest block of headers, in bytes; 16 KB. */
  readonly headerBytes?: number;
  /** How long the headers of a request may take to arrive, in ms; 10 s. */
  readonly headersMs?: number;
  /** How long a request may take to arrive, in ms; 30 s. */
  readonly requestMs?: number;
  /** How long a connection with a request may have no traffic in either direction, in ms; 60 s. */
  readonly stillMs?: number;
  /** The most connections at a time; 10 000. */
  readonly connections?: number;
  /** Requests of one connection that may be unanswered at a time; 32. */
  readonly pipelined?: number;
  /**
   * How long a connection may have unread bytes, in ms, also when the client reads slowly; 5 min.
   */
  readonly unreadMs?: number;
  /** The most unread bytes on all connections together; 64 MB. */
  readonly unreadBytes?: number;
}

/** A running server. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /**
   * Shuts down gracefully: reports not ready, serves for the delay, accepts no more connections, and finishes running
   * requests. `cut` is true when the deadline came first.
   */
  drain(): Promise<{ cut: boolean }>;
}

/** The default limits. */
const defaults: Required<ConnectionLimits> = {
  headerBytes: 16_384,
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than any handler takes.
  stillMs: 60_000,
  connections: 10_000,
  pipelined: 32,
  unreadMs: 300_000,
  unreadBytes: 64_000_000,
};

/**
 * Longer than common proxies and load balancers keep an idle connection (Google Cloud: 600 s), so that they close it
 * first. If the server closed first, a request on its way would fail.
 */
const defaultKeepAliveMs = 620_000;

/** How often time limits are checked, in ms. With Node's default of 30 s, a limit of 10 s could take 40 s. */
const checkMs = 1000;

/** Starts a server for the app. @throws the error of `listen`, such as EADDRINUSE. */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { port, host, readiness, drainDelayMs, deadlineMs = 8000, keepAliveMs, log, metrics } = options;
  const limits = { ...defaults, ...options.limits };
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: Math.max(limits.headersMs, limits.requestMs),
    keepAliveTimeout: keepAliveMs ?? defaultKeepAliveMs,
    connectionsCheckingInterval: Math.min(checkMs, limits.headersMs),
    maxHeaderSize: limits.headerBytes,
    // Otherwise Node would refuse a request without `Host` itself, with an empty body.
    requireHostHeader: false,
  });
  server.setTimeout(limits.stillMs);
  // By default, Node silently drops header lines after the first 2000, and with them a duplicate that must be seen. The
  // limit of the header block stays.
  server.maxHeadersCount = 0;
  const connections = trackConnections(limits);
  serveBehindFront(server, app, { connections, log, metrics });
  const unreadCheck = setInterval(() => {
    const cut = connections.cutUnread({ maxMs: limits.unreadMs, maxBytes: limits.unreadBytes });
    if (cut > 0) log?.warn({ connections: cut }, 'cut off clients that do not read their answers');
  }, checkMs).unref();
  server.once('close', () => clearInterval(unreadCheck));
  server.listen(port, host);
  await once(server, 'listening');

  let drained: Promise<{ cut: boolean }> | undefined;
  const drain = async () => {
    readiness.drain();
    connections.closeAfterAnswer();
    const serveOnMs = Math.min(drainDelayMs, deadlineMs);
    await delay(serveOnMs);
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    connections.destroyUnused();
    let cut = false;
    const deadline = setTimeout(() => {
      cut = true;
      server.closeAllConnections();
    }, deadlineMs - serveOnMs);
    await closed;
    clearTimeout(deadline);
    return { cut };
  };

  const boundPort = portOf(server);
  return {
    port: boundPort,
    url: `http://${urlHost(host)}:${boundPort}`,
    drain: () => (drained ??= drain()),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen on a port.');
  return address.port;
}
