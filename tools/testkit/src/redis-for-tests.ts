import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openTestRedis, skipsWithoutRedis } from './test-redis.ts';

/** A real Redis behind a connection that a test can cut. */
export interface RedisForTests {
  readonly url: string;
  /** Ends every connection and accepts no new one. */
  cut(): Promise<void>;
  /** Accepts connections again, on the same port. */
  mend(): Promise<void>;
  /** Stops forwarding in both directions; connections stay open. */
  hang(): void;
  close(): Promise<void>;
}

/** Finds the Redis of the run. Without one, prints this and returns `undefined`: its tests have to be skipped. */
export function findRedis(): (() => Promise<RedisForTests>) | undefined {
  const redis = openTestRedis();
  skipsWithoutRedis('what needs one', redis !== undefined);
  return redis && (() => openLine(new URL(redis.url)));
}

async function openLine(target: URL): Promise<RedisForTests> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)));
    return socket;
  };
  const server = createServer((near) => {
    const far = keep(connect(Number(target.port || 6379), target.hostname));
    keep(near).pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  [url.hostname, url.port] = ['127.0.0.1', String(port)];
  return {
    url: url.href,
    cut,
    mend: () => listen(port),
    hang() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      if (server.listening) await cut();
    },
  };
}
