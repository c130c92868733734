import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One connection, and the answers on it that are still open: one, unless the client sends requests ahead. */
interface Connection {
  readonly socket: Socket;
  readonly answering: ServerResponse[];
  /** The answer to the latest request; `undefined` before the first one. */
  latest: ServerResponse | undefined;
  /** Whether a request was refused: later requests on the connection are not served. */
  ended: boolean;
  /** When the last answer was finished, on the clock of `performance.now()`. */
  idleSinceMs: number;
  /** Since when there are bytes that the client has not read, on the clock of `performance.now()`. */
  unreadSinceMs: number | undefined;
}

/** The open connections of a server. */
export interface Connections {
  /**
   * Adds a connection. At the limit, the connections that are idle longest are closed; when none is idle, the new one
   * is.
   */
  opened(socket: Socket): void;
  /** Registers a request, before anything else is done with it; `false`: it must not be served. */
  requested(res: ServerResponse): boolean;
  /** Stops serving requests of the connection. */
  refused(socket: Socket): void;
  /** The open answers of a connection, oldest first, and the one to its latest request, open or not. */
  on(socket: Socket): Pick<Connection, 'answering' | 'latest'>;
  /** Adds `Connection: close` to every later answer, so that clients reconnect to another process. */
  closeAfterAnswer(): void;
  /** Destroys connections that were opened in advance (browsers do): they count as busy for Node until their first request. */
  destroyUnused(): void;
  /**
   * Destroys connections whose clients do not read, and returns their number: those with bytes that have waited for
   * longer than `maxMs`, then those that wait longest, until no more than `maxBytes` wait in all.
   */
  cutUnread(limits: { maxMs: number; maxBytes: number }): number;
}

/**
 * Creates a tracker of connections. Node's own records are not enough for a drain or a broken request. Answers are kept
 * in arrays: entries that were removed from a long-lived `Set` may stay in memory until the next full garbage
 * collection, together with everything that was added after them.
 */
export function trackConnections(limits: { pipelined: number; connections: number }): Connections {
  const { pipelined, connections: maxConnections } = limits;
  const connections = new Set<Connection>();
  const bySocket = new WeakMap<Socket, Connection>();
  let closing = false;
  const announceClose = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('Connection', 'close');
  };
  /**
   * Closes the connections that are idle longest, several at a time: a search for each new connection would cost more
   * than the connection.
   */
  const makeRoom = (): boolean => {
    const idle = [...connections].filter(({ answering }) => answering.length === 0);
    idle.sort((a, b) => a.idleSinceMs - b.idleSinceMs);
    const closed = idle.slice(0, Math.ceil(maxConnections / 20));
    for (const connection of closed) {
      connections.delete(connection);
      connection.socket.destroy();
    }
    return closed.length > 0;
  };
  return {
    opened(socket) {
      if (connections.size >= maxConnections && !makeRoom()) {
        socket.destroy();
        return;
      }
      const connection: Connection = {
        socket,
        answering: [],
        latest: undefined,
        ended: false,
        idleSinceMs: performance.now(),
        unreadSinceMs: undefined,
      };
      connections.add(connection);
      bySocket.set(socket, connection);
      socket.once('close', () => {
        connections.delete(connection);
        // A pipelined request that still waits has no socket, so Node never emits `close` on its answer. The log line and
        // the count wait for that event.
        for (const res of connection.answering.splice(0)) res.emit('close');
      });
    },
    requested(res) {
      const { socket } = res.req;
      const connection = bySocket.get(socket);
      if (connection?.ended === true) return false;
      if (connection !== undefined) {
        const { answering } = connection;
        connection.latest = res;
        answering.push(res);
        res.once('close', () => {
          remove(answering, res);
          connection.idleSinceMs = performance.now();
        });
        // No normal client sends so many requests ahead; each waiting request holds memory.
        if (answering.length > pipelined) socket.destroy();
      }
      if (closing) announceClose(res);
      return true;
    },
    refused(socket) {
      const connection = bySocket.get(socket);
      if (connection !== undefined) connection.ended = true;
    },
    on: (socket) => bySocket.get(socket) ?? { answering: [], latest: undefined },
    closeAfterAnswer() {
      closing = true;
      for (const { answering } of connections) answering.forEach(announceClose);
    },
    destroyUnused() {
      for (const { socket, latest } of connections) {
        if (latest === undefined && socket.bytesRead === 0) socket.destroy();
      }
    },
    cutUnread({ maxMs, maxBytes }) {
      const unread = [...connections].map(measure).filter(({ bytes }) => bytes > 0);
      let total = unread.reduce((sum, { bytes }) => sum + bytes, 0);
      let cut = 0;
      for (const { socket, bytes, ms } of unread.sort((a, b) => b.ms - a.ms)) {
        if (ms <= maxMs && total <= maxBytes) break;
        socket.destroy();
        total -= bytes;
        cut += 1;
      }
      return cut;
    },
  };
}

function measure(connection: Connection): { socket: Socket; bytes: number; ms: number } {
  const { socket, answering } = connection;
  const now = performance.now();
  const bytes = answering.reduce((sum, res) => sum + res.writableLength, 0);
  connection.unreadSinceMs = bytes === 0 ? undefined : (connection.unreadSinceMs ?? now);
  return { socket, bytes, ms: now - (connection.unreadSinceMs ?? now) };
}

function remove<T>(items: T[], item: T): void {
  const index = items.indexOf(item);
  if (index !== -1) items.splice(index, 1);
}
