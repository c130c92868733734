import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '@auth/dev/postgres/free-port';

/** A throw-away Redis server: empty, on this machine, without persistence. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Kills the server; its data is lost. Resolves when its port is free again. */
  stop(): Promise<void>;
}

/**
 * Starts the server, and a watcher that reads a pipe of this process. When this process ends, also by SIGKILL, the pipe
 * closes and the server is killed.
 */
export const guard = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
trap '' INT TERM HUP
( cat <&3 >/dev/null; kill -KILL "$server" ) 2>/dev/null &
wait "$server"; status=$?
exit "$status"
`;

/** Whether `redis-server` is installed. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** Starts `redis-server` from PATH, on a free port unless one is given. @throws Error with its output, when it does not start */
export async function startRedisServer(options: { readonly port?: number } = {}): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/'];
  const child = spawn('sh', ['-c', guard, 'sh', 'redis-server', ...settings], {
    // A separate session, so that Ctrl-C in this terminal does not reach the server.
    detached: true,
    // The server writes to stdout; the shell would report on stderr that it was killed.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (/ready to accept connections/i.test(said)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server did not start:\n${said}`)));
  });
  return {
    ...{ port, url: `redis://127.0.0.1:${port}` },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
