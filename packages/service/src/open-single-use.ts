import type { Metrics } from '@auth/http';
import type { SingleUseStore } from '@auth/verify';
import { createSingleUseStore } from '@auth/verify';
import type { Redis } from 'ioredis';
import { createRedisSingleUseStore } from './redis-single-use-store.ts';

/** Uses remembered at a time: 5000 calls a second, each for the 20 seconds that its token is good. */
const capacity = 100_000;

export interface OpenSingleUseOptions {
  /** Where replicas share; without it a use is known to this process alone. */
  readonly redis: Redis | undefined;
  readonly metrics: Metrics;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Opens the store of used service tokens, and counts the uses that Redis was not there for. */
export function openSingleUse({ redis, metrics, now }: OpenSingleUseOptions): SingleUseStore {
  const local = createSingleUseStore({ capacity, now });
  if (redis === undefined) return local;
  const count = metrics.counter(
    'single_use_fallbacks_total',
    'Service tokens whose single use this process decided alone, since Redis was not there.',
    [],
  );
  return createRedisSingleUseStore({ redis, local, now, onFallback: () => count({}) });
}
