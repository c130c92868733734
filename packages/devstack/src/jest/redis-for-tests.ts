import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { env, execPath } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../postgres/free-port.ts';

/** A real Redis, behind a line that can be cut. */
export interface RedisForTests {
  readonly url: string;
  /** Ends every connection and takes no more. */
  cut(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
  /** From now on nothing is handed on in either direction; connections stay open. */
  hang(): void;
  close(): Promise<void>;
}

/**
 * Finds a Redis: the one of `REDIS_URL`, the one on port 6379 of this machine, or `redis-server` to be started.
 * `undefined`, after saying so, where there is none: then its tests are to be skipped.
 */
export function findRedis(): (() => Promise<RedisForTests>) | undefined {
  const url = new URL(env['REDIS_URL'] || 'redis://127.0.0.1:6379');
  if (listens(url)) return () => openLine(url, async () => {});
  if (spawnSync('redis-server', ['--version']).status === 0) return startServer;
  process.stderr.write('No Redis listens and there is no redis-server: the tests that need one are skipped.\n');
  return undefined;
}

/** Asked in a process of its own, since tests are chosen before anything can be waited for. */
function listens({ hostname, port }: URL): boolean {
  const script = `require('net').connect(${Number(port || 6379)}, ${JSON.stringify(hostname)})
    .on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
  return spawnSync(execPath, ['-e', script], { timeout: 2000 }).status === 0;
}

async function startServer(): Promise<RedisForTests> {
  const port = await freePort();
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const url = new URL(`redis://127.0.0.1:${port}`);
  while (!(await accepts(url))) await delay(20);
  return openLine(url, async () => {
    server.kill('SIGKILL');
    await ended;
  });
}

async function accepts({ hostname, port }: URL): Promise<boolean> {
  const socket = connect(Number(port), hostname);
  const accepted = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return accepted;
}

async function openLine(target: URL, closeTarget: () => Promise<void>): Promise<RedisForTests> {
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
      await closeTarget();
    },
  };
}
