/** The time now, in seconds since 1970 (RFC 7519 NumericDate). Fractions are dropped where it is read. */
export type Clock = () => number;

/**
 * A monotonic clock: milliseconds since a fixed moment, never set back and never stepped forward. Deadlines that protect
 * are measured with it, since a `Clock` may be stepped.
 */
export type MonotonicClock = () => number;

/** The monotonic clock of this process, the default where a deadline is measured. It says nothing of the time of day. */
// biome-ignore lint/style/noRestrictedGlobals: the one place that reads it; every user of it takes another one as an option.
export const processClock: MonotonicClock = () => performance.now();

/** Reads a clock as whole seconds. A broken clock is a fault of the process, not of the caller: it throws a plain Error. */
export function readClock(now: Clock): number {
  const seconds = Math.floor(now());
  // 0 would make jsonwebtoken fall back to the system clock; NaN would disable its checks.
  if (!Number.isSafeInteger(seconds) || seconds <= 0) throw new Error('the clock must return seconds since 1970');
  return seconds;
}

/**
 * Creates a clock that trusts the lowest reading: it follows the monotonic clock from the lowest difference between `now`
 * and the monotonic clock that was ever read. A step forward of `now` does not move it, a step back does. A moment that
 * has passed by this clock has passed by every clock that this process has had.
 */
export function createLowestClock(now: Clock, monotonicMs: MonotonicClock): Clock {
  let lowest = Number.POSITIVE_INFINITY;
  const read = () => {
    const elapsed = monotonicMs() / 1000;
    lowest = Math.min(lowest, readClock(now) - elapsed);
    return lowest + elapsed;
  };
  read();
  return read;
}
