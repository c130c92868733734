import type { Log } from '@auth/http';
import type { Redis } from 'ioredis';

/** The one policy under which Redis forgets nothing before its time. */
const safePolicy = 'noeviction';

/**
 * Looks once whether Redis may forget used service tokens when its memory is full, and warns if it may: a forgotten token
 * could be used again. Where Redis is down at the start, it is asked when it is there. A managed Redis may refuse to say: then nothing is known, and nothing is warned of.
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
