import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@auth/http';
import { Redis } from 'ioredis';

/** What is asked of Redis has an answer at hand for when it fails: better that soon than this late. */
const commandTimeoutMs = 100;
/** How long a start waits for Redis: so that the first requests find it, not so that it must be there. */
const startMs = 1000;

/**
 * Opens Redis, for what replicas share. It may be down, at the start and later: a command then fails, at once while there is
 * no connection and after 100 ms while there is no answer; connections are tried again for ever. Only the host is logged.
 */
export async function openRedis(url: string, { log }: { log: Log }): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    connectTimeout: 2000,
    // A server that has gone silent does not say goodbye either.
    disconnectTimeout: commandTimeoutMs,
    retryStrategy: (attempts) => Math.min(attempts * 50, 1000),
  });
  const { host } = new URL(url);
  let down = false;
  let reason: string | undefined;
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  redis.on('reconnecting', () => {
    if (!down) log.warn({ redis: host, reason }, 'Redis is down: each replica is on its own');
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.info({ redis: host }, 'Redis is back');
    down = false;
  });
  const waiting = new AbortController();
  const connected = redis.connect().catch(() => undefined);
  await Promise.race([connected, delay(startMs, undefined, { signal: waiting.signal }).catch(() => undefined)]);
  waiting.abort();
  return redis;
}

/**
 * Gives up a connection on which a command was not answered in time. Without that each further command would be kept for
 * its answer, and take its 100 ms; as it is, they fail at once until Redis speaks again.
 */
export function reconnectIfSilent(redis: Pick<Redis, 'disconnect'> | undefined, error: unknown): void {
  if (error instanceof Error && error.message === 'Command timed out') redis?.disconnect(true);
}
