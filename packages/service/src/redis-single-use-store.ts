import { type Clock, createLowestClock, type MonotonicClock, processClock, type SingleUseStore } from '@auth/verify';
import { maxClockStepSeconds, skewSeconds } from '@auth/verify/times';
import type { Redis } from 'ioredis';

export interface RedisSingleUseStoreOptions {
  readonly redis: Pick<Redis, 'set' | 'status'>;
  /** The store of this process, checked first: no replica accepts a token twice, also without Redis. */
  readonly local: SingleUseStore;
  readonly now: Clock;
  /** `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
  /** Called for each use that this process decided without Redis. */
  readonly onFallback: (error: unknown) => void;
}

/** Added to the expiry in Redis: the clock of another replica may be this many seconds behind. */
const clockSpreadSeconds = 2 * skewSeconds;

/**
 * Creates the store of used service tokens for all replicas: the first replica that records a use in Redis accepts the
 * token. While Redis is down, a token can be used once per replica, and a process that has just started refuses tokens
 * that were issued before its start. If the clock ran ahead when a token was used, its entry is kept until the correct
 * time passes its expiry, provided that this process saw the clock being set. Redis must not evict: `maxmemory-policy
 * noeviction`.
 */
export function createRedisSingleUseStore(options: RedisSingleUseStoreOptions): SingleUseStore {
  const { redis, local, now, monotonicMs = processClock, onFallback } = options;
  const time = createLowestClock(now, { monotonicMs, windowSeconds: 3600 });
  let isRefusing = false;
  return {
    knownSeconds: () => (redis.status === 'ready' && !isRefusing ? Number.POSITIVE_INFINITY : monotonicMs() / 1000),
    async use(id, expiresAt) {
      const here = await local.use(id, expiresAt);
      if (here !== 'recorded') return here;
      const seconds = Math.min(expiresAt - time(), maxClockStepSeconds) + clockSpreadSeconds;
      const ms = Math.max(1, Math.ceil(seconds * 1000));
      try {
        const stored = await redis.set(`auth:used:${id}`, '1', 'PX', ms, 'NX');
        isRefusing = false;
        return stored === null ? 'replayed' : 'recorded';
      } catch (error) {
        isRefusing = true;
        onFallback(error);
        return 'recorded';
      }
    },
  };
}
