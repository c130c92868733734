import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Readiness } from './readiness.ts';

/** Where to listen and how to stop. */
export interface ListenOptions {
  port: number;
  host: string;
  readiness: Readiness;
  /** How long to go on serving after `drain` is called, so that load balancers see `/readyz` fail first. */
  drainDelayMs: number;
  /** When running requests are cut off, counted from `drain`. 8 s by default. */
  deadlineMs?: number;
  limits?: ConnectionLimits;
}

/** What a connection may take; the usual unless given. Tighter in front of services than at them, so that they never meet theirs. */
export interface ConnectionLimits {
  /** The largest block of headers, in bytes; 16 KB. */
  readonly headerBytes?: number;
  /** How long a request may take to come in, in ms; 30 s. */
  readonly requestMs?: number;
  /** How long a connection on which something is asked may stand still, in ms: not read from either; for ever. */
  readonly stillMs?: number;
  /** Requests of one connection that may be unanswered at a time; 32. */
  readonly pipelined?: number;
}

/** A running server. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Not ready, serve on for the delay, no new connections, finish what runs. `cut`: the deadline came first. */
  drain(): Promise<{ cut: boolean }>;
}

const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** How often the two above are enforced; the default of 30 s would make 40 s of the 10. */
  connectionsCheckingInterval: 2000,
  /** Longer than the 60 s after which common load balancers drop an idle connection, so that they are the first to. */
  keepAliveTimeout: 65_000,
};

/** Serves the app. @throws the error of `listen`, such as EADDRINUSE. */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { port, host, readiness, drainDelayMs, deadlineMs = 8000, limits = {} } = options;
  const { headerBytes = 16_384, requestMs = LIMITS.requestTimeout, stillMs = 0, pipelined = 32 } = limits;
  const server = createServer({ ...LIMITS, requestTimeout: requestMs, maxHeaderSize: headerBytes });
  server.setTimeout(stillMs);
  // Beyond its default of 2000 header lines Node drops the rest in silence, and with them a duplicate we must see.
  // The limit of the header block stays.
  server.maxHeadersCount = 0;
  const connections = trackConnections({ pipelined });
  server.on('connection', connections.opened);
  // Before the app's own listener, which may answer at once.
  server.on('request', connections.requested);
  server.on('request', app);
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
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    drain: () => (drained ??= drain()),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen on a port.');
  return address.port;
}

/** Knows what is open, because Node's own bookkeeping lacks two things that a drain needs. */
function trackConnections({ pipelined }: { pipelined: number }) {
  const unused = new Set<Socket>();
  const answering = new Set<ServerResponse>();
  /** Of each connection, the answers that are still open. */
  const open = new WeakMap<Socket, Set<ServerResponse>>();
  let closing = false;
  const announceClose = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('Connection', 'close');
  };
  return {
    opened(socket: Socket) {
      unused.add(socket);
      const responses = new Set<ServerResponse>();
      open.set(socket, responses);
      socket.once('close', () => {
        unused.delete(socket);
        // A pipelined request that still waits for its turn has no socket, so Node never tells its answer that the
        // client is gone: whoever waits for that (the log line, a count) would wait for ever.
        for (const res of responses) res.emit('close');
      });
    },
    requested(req: { socket: Socket }, res: ServerResponse) {
      unused.delete(req.socket);
      const responses = open.get(req.socket);
      answering.add(res);
      responses?.add(res);
      res.once('close', () => {
        answering.delete(res);
        responses?.delete(res);
      });
      // Nobody who waits for answers asks so much ahead of them; each waiting request holds memory.
      if (responses !== undefined && responses.size > pipelined) req.socket.destroy();
      if (closing) announceClose(res);
    },
    /** From now on every answer tells the client to open its next connection elsewhere. */
    closeAfterAnswer() {
      closing = true;
      for (const res of answering) announceClose(res);
    },
    /** Connections opened in advance (browsers do) count as busy for Node until their first request. */
    destroyUnused() {
      for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}
