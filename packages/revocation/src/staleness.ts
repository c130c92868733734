import type { Clock, MonotonicClock } from '@auth/verify';
import { readClock } from '@auth/verify';
import type { ClockReport } from './clock-check.ts';
import { compareTimes, isClockOff } from './clock-check.ts';
import type { CompleteHeartbeat } from './feed-state.ts';

/** Whether a feed is up to date, and a callback for when that changes. */
export interface Staleness {
  isStale(): boolean;
  /** Up to date once, or stale for good reason: there is nothing left to wait for. */
  isSettled(): boolean;
  /** Calls `onStale` when the state has changed since the last check, and once more when a clock turns out to be off. */
  look(): void;
}

export interface StalenessOptions {
  /** The newest heartbeat at which the verifier was complete; `undefined` before the first time. */
  readonly complete: () => CompleteHeartbeat | undefined;
  readonly clock: () => ClockReport;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
  readonly staleAfterSeconds: number;
  readonly onStale: (isStale: boolean) => void;
}

/**
 * Creates the watch over a feed's age. A feed is fresh while the newest heartbeat at which the verifier was complete was
 * signed no longer ago than the bound, and not in the future. Its arrival counts by the monotonic clock as well, so that a
 * clock that was set back does not hide silence. A feed that was never fresh is stale; this is reported after the bound.
 * A clock that is off may show later, with the first heartbeat that arrives: it is reported then.
 */
export function createStaleness(options: StalenessOptions): Staleness {
  const { complete, clock, now, monotonicMs, staleAfterSeconds, onStale } = options;
  const startedMs = monotonicMs();
  let isOnceSettled = false;
  let told: boolean | undefined;
  let toldOfClock = false;

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
      if (!isSettled()) return;
      const clockIsOff = isStale() && isClockOff(clock(), staleAfterSeconds);
      if (isStale() === told && (toldOfClock || !clockIsOff)) return;
      told = isStale();
      toldOfClock = clockIsOff;
      onStale(told);
    },
  };
}
