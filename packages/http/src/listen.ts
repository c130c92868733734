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

/** One connection, and the answers on it that are still open: one, unless the client sends requests ahead. */
interface Connection {
  readonly socket: Socket;
  readonly answering: ServerResponse[];
  /** Something was asked on it. */
  used: boolean;
}

/**
 * Knows what is open, because Node's own bookkeeping lacks two things that a drain needs. Answers are kept in arrays: what
 * has left a `Set` that lives long may stay in memory until the next full collection, and all that came after it.
 */
function trackConnections({ pipelined }: { pipelined: number }) {
  const connections = new Set<Connection>();
  const bySocket = new WeakMap<Socket, Connection>();
  let closing = false;
  const announceClose = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('Connection', 'close');
  };
  return {
    opened(socket: Socket) {
      const connection: Connection = { socket, answering: [], used: false };
      connections.add(connection);
      bySocket.set(socket, connection);
      socket.once('close', () => {
        connections.delete(connection);
        // A pipelined request that still waits for its turn has no socket, so Node never tells its answer that the
        // client is gone: whoever waits for that (the log line, a count) would wait for ever.
        for (const res of connection.answering.splice(0)) res.emit('close');
      });
    },
    requested({ socket }: { socket: Socket }, res: ServerResponse) {
      const connection = bySocket.get(socket);
      if (connection !== undefined) {
        const { answering } = connection;
        connection.used = true;
        answering.push(res);
        res.once('close', () => remove(answering, res));
        // Nobody who waits for answers asks so much ahead of them; each waiting request holds memory.
        if (answering.length > pipelined) socket.destroy();
      }
      if (closing) announceClose(res);
    },
    /** From now on every answer tells the client to open its next connection elsewhere. */
    closeAfterAnswer() {
      closing = true;
      for (const { answering } of connections) answering.forEach(announceClose);
    },
    /** Connections opened in advance (browsers do) count as busy for Node until their first request. */
    destroyUnused() {
      for (const { socket, used } of connections) if (!used && socket.bytesRead === 0) socket.destroy();
    },
  };
}

function remove<T>(all: T[], one: T): void {
  const index = all.indexOf(one);
  if (index !== -1) all.splice(index, 1);
}
