import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { env, stderr } from 'node:process';
import { hasRedisServer, type RedisServer, startRedisServer } from './redis-server.ts';

/** The part of a Redis that one test uses: its keys begin with `prefix`, since other tests use the same server. */
export interface TestRedis {
  readonly url: string;
  readonly prefix: string;
}

/** The variable with the URL of the tests' Redis, set by the setup of the run. */
const testRedisUrl = 'TEST_REDIS_URL';
/** Advice for the report that tests were skipped without a Redis. */
export const howToGetRedis =
  'install it (Debian, Ubuntu: apt-get install redis-server), or set REDIS_URL to one that listens';

/**
 * Finds the Redis of a test run: at REDIS_URL, else the one that listens on this machine, else one started from PATH.
 * Called by Jest's setup. Returns `undefined` without one; otherwise the caller stops the returned one.
 */
export async function openRunRedis(): Promise<Pick<RedisServer, 'stop'> | undefined> {
  const asked = env['REDIS_URL'] || env[testRedisUrl];
  const listening = 'redis://127.0.0.1:6379';
  if (asked !== undefined || (await listens(listening))) {
    env[testRedisUrl] = asked ?? listening;
    return undefined;
  }
  if (!hasRedisServer()) return undefined;
  const server = await startRedisServer();
  env[testRedisUrl] = server.url;
  return server;
}

/** Opens a part of the Redis of the run for one test; `undefined` without a Redis. */
export function openTestRedis(): TestRedis | undefined {
  const url = env[testRedisUrl];
  return url === undefined ? undefined : { url, prefix: `test:${randomBytes(6).toString('hex')}:` };
}

/**
 * Prints which tests are skipped without a Redis, and returns whether they are. Jest itself prints the names of skipped
 * tests only in verbose mode.
 */
export function skipsWithoutRedis(what: string, isThere: boolean): boolean {
  if (!isThere) stderr.write(`SKIPPED, no Redis is here: ${what}. To run it, ${howToGetRedis}\n`);
  return !isThere;
}

function listens(url: string): Promise<boolean> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host, port: Number(port) });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    // Checks that the listening program answers as Redis does.
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
    socket.once('error', () => answer(false));
    socket.setTimeout(1000, () => answer(false));
  });
}
