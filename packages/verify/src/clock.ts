/** Returns the time in seconds since 1970 (RFC 7519 NumericDate). `readClock` drops fractions. */
export type Clock = () => number;

/**
 * A monotonic clock: milliseconds since a fixed moment, never set back and never stepped forward. Time limits that
 * matter for security are measured with it, since a `Clock` may be stepped.
 */
export type MonotonicClock = () => number;

/** The monotonic clock of this process, the default for durations. Unrelated to the time of day. */
// biome-ignore lint/style/noRestrictedGlobals: the only place that reads this clock; every user accepts another clock as an option.
export const processClock: MonotonicClock = () => performance.now();

/** Reads a clock as whole seconds. Throws a plain Error when the clock is broken: a fault of the process, not of the client. */
export function readClock(now: Clock): number {
  const seconds = Math.floor(now());
  // NaN compares false with every time, which would disable the checks; a machine without a clock reports 0.
  if (!Number.isSafeInteger(seconds) || seconds <= 0) throw new Error('the clock must return seconds since 1970');
  return seconds;
}

/**
 * Creates a clock that uses the lowest recent reading of `now`. The clock takes the minimum of `now - monotonic` over a
 * period, and adds it to the monotonic clock. The period is the last `windowSeconds` at least, and twice that at most if
 * the clock is read often. When this clock has reached a moment, every reading of `now` in the period, extrapolated to
 * the present, has reached it too. A step back of `now` moves this clock at once; a step forward moves it only after the
 * period.
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
