import type { Log } from '@auth/http';
import type { Redis } from 'ioredis';

/** The only policy under which Redis keeps every entry until it expires. */
const safePolicy = 'noeviction';

/**
 * Logs a warning when the eviction policy of Redis may drop used service tokens: a dropped token could be used again.
 * Checks once, as soon as Redis is connected. A managed Redis may refuse the query: then there is no warning.
 */
export async function warnOfEviction(redis: Redis, { log }: { log: Log }): Promise<void> {
  if (redis.status !== 'ready') await new Promise<void>((resolve) => redis.once('ready', resolve));
  const policy = await readPolicy(redis);
  if (policy === undefined) {
    log.debug('Redis does not say which eviction policy it has');
  } else if (policy !== safePolicy) {
    log.warn(
      { policy },
      'Redis may forget used service tokens when its memory is full: set maxmemory-policy noeviction',
    );
  }
}

async function readPolicy(redis: Redis): Promise<string | undefined> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1];
  } catch {
    return undefined;
  }
}
