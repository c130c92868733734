import type { Metrics } from '@auth/http';
import { createSingleUseStore, type MonotonicClock, processClock, type SingleUseStore } from '@auth/verify';
import type { Redis } from 'ioredis';
import { createRedisSingleUseStore } from './redis-single-use-store.ts';

/** The most uses that are remembered, about 13 MB: 5000 calls a second, each for the life of its token and the skew. */
const capacity = 100_000;

export interface OpenSingleUseOptions {
  /** The Redis that replicas share; without it, each process knows only its own uses. */
  readonly redis: Redis | undefined;
  readonly metrics: Metrics;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since this process started; `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
}

/**
 * Opens the store of used service tokens, and counts the uses during which Redis was unavailable. Without Redis, a
 * new process does not know earlier uses, so it refuses every token issued before its start.
 */
export function openSingleUse(options: OpenSingleUseOptions): SingleUseStore {
  const { redis, metrics, now, monotonicMs = processClock } = options;
  const local = createSingleUseStore({ capacity, now, monotonicMs });
  if (redis === undefined) return { use: local.use, knownSeconds: () => monotonicMs() / 1000 };
  const count = metrics.counter(
    'single_use_fallbacks_total',
    'Service tokens whose single use this process decided alone, since Redis was unavailable.',
    [],
  );
  return createRedisSingleUseStore({ redis, local, now, monotonicMs, onFallback: () => count({}) });
}
