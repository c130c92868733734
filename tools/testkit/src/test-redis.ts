import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import { env, stderr } from 'node:process';
import type { RedisServer } from './redis-server.ts';
import { hasRedisServer, startRedisServer } from './redis-server.ts';

/** What one test may use of a Redis: every key of its own begins with `prefix`, since others use the same server. */
export interface TestRedis {
  readonly url: string;
  readonly prefix: string;
}

/** Set by the setup of the run: where the tests' Redis listens. */
const testRedisUrl = 'TEST_REDIS_URL';
/** Where there is none, for whoever reads that tests were skipped. */
export const howToGetRedis =
  'install it (Debian, Ubuntu: apt-get install redis-server), or set REDIS_URL to one that listens';

/**
 * Finds the Redis of a test run: at REDIS_URL, else the one that listens on this machine, else one of our own from PATH.
 * To be called by Jest's setup; `undefined` where there is none. What is returned is to be stopped.
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

/** A place on the Redis of the run for one test; `undefined` where there is none. */
export function openTestRedis(): TestRedis | undefined {
  const url = env[testRedisUrl];
  return url === undefined ? undefined : { url, prefix: `test:${randomBytes(6).toString('hex')}:` };
}

/**
 * Says plainly which tests are skipped for want of a Redis, and returns whether they are. Jest shows the names of skipped
 * tests only when it is asked to.
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
    // Whatever listens there must answer as Redis does.
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
    socket.once('error', () => answer(false));
    socket.setTimeout(1000, () => answer(false));
  });
}
