import { type Clock, type MonotonicClock, readClock } from '@auth/verify';
import { skewSeconds } from '@auth/verify/times';

/** The clock of this process compared with the time that the issuer signed. */
export interface ClockReport {
  /** Time of the newest heartbeat minus the clock of this process when it arrived; `undefined` before the first one. */
  readonly clockOffsetSeconds: number | undefined;
  /** How far the clock of this process was stepped (below 0: back) since a heartbeat last agreed with it. */
  readonly clockSteppedSeconds: number;
}

/** Compares the times of heartbeats with the clock of this process. */
export interface ClockCheck {
  /** `early`: from the future. `late`: older than the bound. `heartbeat`: neither. */
  compare(at: number): 'heartbeat' | 'early' | 'late';
  /** Whether the clock was set back since the last call: cut-offs that had expired by it may be valid again. */
  wasSetBack(): boolean;
  report(): ClockReport;
}

export interface ClockCheckOptions {
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
  readonly staleAfterSeconds: number;
}

/** Compares the time of a heartbeat with the time of its reader: in the future, older than the bound, or neither. */
export function compareTimes(at: number, time: number, staleAfterSeconds: number): 'heartbeat' | 'early' | 'late' {
  if (at > time + skewSeconds) return 'early';
  return at < time - staleAfterSeconds ? 'late' : 'heartbeat';
}

/** Whether the clocks differ so much that the feed counts as stale. A late heartbeat may also mean a late feed. */
export function isClockOff(report: ClockReport, staleAfterSeconds: number): boolean {
  const { clockOffsetSeconds: offset = 0, clockSteppedSeconds: stepped } = report;
  return Math.abs(stepped) > skewSeconds || offset > skewSeconds || offset < -staleAfterSeconds;
}

/** Creates the comparison. A late heartbeat is no evidence that a clock was stepped, since the feed may be late. */
export function createClockCheck({ now, monotonicMs, staleAfterSeconds }: ClockCheckOptions): ClockCheck {
  const difference = () => readClock(now) - monotonicMs() / 1000;
  let agreed = difference();
  let previous = agreed;
  let clockOffsetSeconds: number | undefined;
  return {
    compare(at) {
      const time = readClock(now);
      const result = compareTimes(at, time, staleAfterSeconds);
      clockOffsetSeconds = at - time;
      if (result === 'heartbeat') agreed = difference();
      return result;
    },
    wasSetBack() {
      const before = previous;
      previous = difference();
      return previous < before - skewSeconds;
    },
    report: () => ({ clockOffsetSeconds, clockSteppedSeconds: Math.round(difference() - agreed) }),
  };
}

/** A heartbeat at which the verifier was complete. */
export interface CompleteHeartbeat {
  /** When it was signed, in seconds since 1970. */
  readonly at: number;
  /** When it arrived, by the monotonic clock. */
  readonly arrivedMs: number;
}

/** Whether a feed is up to date, and a callback for when that changes. */
export interface Staleness {
  isStale(): boolean;
  /** Whether the feed was fresh once, or the bound has passed since the start: a service need not wait any longer. */
  isSettled(): boolean;
  /** Calls `onStale` when the state has changed since the last check, and again when a clock then proves wrong. */
  check(): void;
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
 * signed within the bound and not in the future. The heartbeat must also have arrived within the bound by the monotonic
 * clock, so that a clock that was set back does not hide silence. A feed that was never fresh is stale; this is reported
 * after the bound. A wrong clock is reported when the first heartbeat shows it.
 */
export function createStaleness(options: StalenessOptions): Staleness {
  const { complete, clock, now, monotonicMs, staleAfterSeconds, onStale } = options;
  const startedMs = monotonicMs();
  let isOnceSettled = false;
  let reported: boolean | undefined;
  let isClockReported = false;

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
    check() {
      if (!isSettled()) return;
      const clockIsOff = isStale() && isClockOff(clock(), staleAfterSeconds);
      if (isStale() === reported && (isClockReported || !clockIsOff)) return;
      reported = isStale();
      isClockReported = clockIsOff;
      onStale(reported);
    },
  };
}
