import type { SingleUseStore } from '@auth/verify';
import type { Redis } from 'ioredis';

export interface RedisSingleUseStoreOptions {
  readonly redis: Pick<Redis, 'set'>;
  /** The store of this process. It is asked first, so that no replica takes a token twice whatever becomes of Redis. */
  readonly local: SingleUseStore;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Told of each use that was decided by this process alone. */
  readonly onFallback: (error: unknown) => void;
}

/** Redis counts down from a time that one replica's clock gave it: another's may be so many seconds behind. */
const clockSpreadSeconds = 10;

/**
 * Remembers uses for all replicas together: the first to say so in Redis has the token. While Redis is down a token is
 * good once per replica. It must not evict: `maxmemory-policy noeviction`.
 */
export function createRedisSingleUseStore(options: RedisSingleUseStoreOptions): SingleUseStore {
  const { redis, local, now, onFallback } = options;
  return {
    async use(id, expiresAt) {
      const here = await local.use(id, expiresAt);
      if (here !== 'recorded') return here;
      const ms = Math.ceil((expiresAt - now() + clockSpreadSeconds) * 1000);
      try {
        const stored = await redis.set(`auth:used:${id}`, '1', 'PX', ms, 'NX');
        return stored === null ? 'replayed' : 'recorded';
      } catch (error) {
        onFallback(error);
        return 'recorded';
      }
    },
  };
}
