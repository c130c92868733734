import type { Clock, MonotonicClock } from '@auth/verify';
import { readClock } from '@auth/verify';
import { compareTimes } from './clock-check.ts';
import type { CompleteHeartbeat } from './feed-state.ts';

/** Whether a feed is up to date, and a callback for when that changes. */
export interface Staleness {
  isStale(): boolean;
  /** Up to date once, or stale for good reason: there is nothing left to wait for. */
  isSettled(): boolean;
  /** Calls `onStale` when the state has changed since the last check. */
  look(): void;
}

export interface StalenessOptions {
  /** The newest heartbeat at which the verifier was complete; `undefined` before the first time. */
  readonly complete: () => CompleteHeartbeat | undefined;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
  readonly staleAfterSeconds: number;
  readonly onStale: (isStale: boolean) => void;
}

/**
 * Creates the watch over a feed's age. A feed is fresh while the newest heartbeat at which the verifier was complete was
 * signed no longer ago than the bound, and not in the future. Its arrival counts by the monotonic clock as well, so that a
 * clock that was set back does not hide silence. A feed that was never fresh is stale; this is reported after the bound.
 */
export function createStaleness(options: StalenessOptions): Staleness {
  const { complete, now, monotonicMs, staleAfterSeconds, onStale } = options;
  const startedMs = monotonicMs();
  let isOnceSettled = false;
  let told: boolean | undefined;

  const isOver = (sinceMs: number) => (monotonicMs() - sinceMs) / 1000 > staleAfterSeconds;

  function isStale(): boolean {
    const newest = complete();
    if (newest === undefined || isOver(newest.arrivedMs)) return true;
    return compareTimes(newest.at, readClock(now), staleAfterSeconds) !== 'heartbeat';
  }

  function isSettled(): boolean {
    isOnceSettled ||= !isStale() || isOver(startedMs);
    return isOnceSettled;
  }

  return {
    isStale,
    isSettled,
    look() {
      if (!isSettled() || isStale() === told) return;
      told = isStale();
      onStale(told);
    },
  };
}
