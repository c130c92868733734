import { type ChildProcess, spawn } from 'node:child_process';

import type { PostgresAccount } from './account.ts';
import { POSTGRES_ENV } from './binaries.ts';
import { PostgresError } from './error.ts';

/** A server process under its guard. */
export interface GuardedServer {
  /** The last lines the server wrote, for error messages. */
  log(): string;
  /** Shuts the server down fast: sessions are ended, committed data is kept. Resolves when the server is gone. */
  stop(): Promise<void>;
}

/**
 * A script that starts the server, and a watcher that reads a pipe from this process. The pipe ends with this process,
 * also after SIGKILL, and then the watcher shuts the server down fast. `$1` is a folder to remove afterwards, or empty.
 */
const GUARD = `
remove=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
trap '' INT TERM HUP
( cat <&3 >/dev/null; kill -INT "$server" ) 2>/dev/null &
watcher=$!
wait "$server"; status=$?
kill -KILL "$watcher" 2>/dev/null
[ -z "$remove" ] || rm -rf "$remove"
exit "$status"
`;
const LOG_LIMIT = 20_000;

/**
 * Runs `command`, and resolves when its output says that it accepts connections.
 *
 * @throws PostgresError `port_in_use` or, with the server's output, `postgres_failed`.
 */
export async function startGuarded(
  command: readonly string[],
  options: { account: PostgresAccount; removeAfter?: string },
): Promise<GuardedServer> {
  const child = spawn('sh', ['-c', GUARD, 'sh', options.removeAfter ?? '', ...command], {
    ...options.account,
    cwd: '/',
    // Its own session, so that Ctrl-C in the terminal reaches only this process, which stops the server in order.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: POSTGRES_ENV,
  });
  // The guard may end before this process closes the pipe.
  child.stdin.on('error', () => undefined);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = (): Promise<void> => {
    child.stdin.end();
    return exited;
  };
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-LOG_LIMIT);
      if (log.includes('ready to accept connections')) resolve();
    });
    child.once('error', (cause) =>
      reject(new PostgresError('postgres_failed', `sh does not run: ${cause.message}`, { cause })),
    );
    child.once('exit', stop).once('close', () => reject(failure(child, log)));
  });
  return { log: () => log, stop };
}

function failure(child: ChildProcess, log: string): PostgresError {
  const port = /could not bind .*?Address already in use/s.test(log);
  const words = log.trim() === '' ? `exit code ${child.exitCode}` : log.trim();
  return port
    ? new PostgresError('port_in_use', `Postgres cannot listen: another process holds its port.\n${words}`)
    : new PostgresError('postgres_failed', `Postgres did not start:\n${words}`);
}
