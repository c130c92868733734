import { connect } from 'node:net';
import { LaunchError } from './launch-error.ts';

/** Tries to connect to the server of a database URL, before anything is started. Checks neither password nor database.
 * @throws LaunchError that names the setting and the address */
export async function assertReachable(
  url: string,
  { setting, timeoutMs = 5000 }: { setting: string; timeoutMs?: number },
): Promise<void> {
  const { hostname, port } = new URL(url);
  // A Unix socket, given as `?host=/path`.
  if (hostname === '') return;
  const host = hostname.replace(/^\[|\]$/g, '');
  const problem = await tryToConnect({ host, port: Number(port || 5432), timeoutMs });
  if (problem === undefined) return;
  throw new LaunchError(
    `${setting}: no Postgres answers at ${hostname}:${port || 5432} (${problem}). ` +
      `Start it, correct ${setting}, or unset it to use the embedded Postgres`,
  );
}

function tryToConnect(options: { host: string; port: number; timeoutMs: number }): Promise<string | undefined> {
  const { host, port, timeoutMs } = options;
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => settle(undefined));
    socket.once('timeout', () => settle(`no answer within ${timeoutMs / 1000} s`));
    socket.once('error', (error) => settle('code' in error ? String(error.code) : error.message));
  });
}
