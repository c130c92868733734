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
  // NaN compares false with every time, which would disable the checks; 0 is the clock of a machine that has none.
  if (!Number.isSafeInteger(seconds) || seconds <= 0) throw new Error('the clock must return seconds since 1970');
  return seconds;
}

/**
 * Creates a clock that trusts the lowest reading: it follows the monotonic clock from the lowest difference between `now`
 * and the monotonic clock that was read within one to two times `windowSeconds`. A step forward of `now` does not move it
 * for that time, a step back moves it at once. A moment that has passed by this clock has passed by every reading of `now`
 * in that time.
 */
export function createLowestClock(
  now: Clock,
  { monotonicMs, windowSeconds }: { readonly monotonicMs: MonotonicClock; readonly windowSeconds: number },
): Clock {
  let since = monotonicMs() / 1000;
  let [before, lowest] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const read = () => {
    const elapsed = monotonicMs() / 1000;
    const time = now();
    readClock(() => time);
    if (elapsed - since >= windowSeconds) {
      before = elapsed - since < 2 * windowSeconds ? lowest : Number.POSITIVE_INFINITY;
      [lowest, since] = [Number.POSITIVE_INFINITY, elapsed];
    }
    lowest = Math.min(lowest, time - elapsed);
    return Math.min(lowest, before) + elapsed;
  };
  read();
  return read;
}
