/** The time now, in seconds since 1970 (RFC 7519 NumericDate). Fractions are dropped where it is read. */
export type Clock = () => number;

/** Reads a clock as whole seconds. A broken clock is a fault of the process, not of the caller: it throws a plain Error. */
export function readClock(now: Clock): number {
  const seconds = Math.floor(now());
  // 0 would make jsonwebtoken fall back to the system clock; NaN would disable its checks.
  if (!Number.isSafeInteger(seconds) || seconds <= 0) throw new Error('the clock must return seconds since 1970');
  return seconds;
}
