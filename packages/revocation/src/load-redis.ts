import { createRequire } from 'node:module';
import type * as ioredis from 'ioredis';

/** Loads the Redis client when the first connection is made: it takes 11 MB of memory, and many services run without Redis. */
export function loadRedis(): typeof ioredis.Redis {
  const { Redis } = createRequire(import.meta.url)('ioredis') as typeof ioredis;
  return Redis;
}
