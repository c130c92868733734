import type { Clock, MonotonicClock } from './clock.ts';
import { processClock, readClock } from './clock.ts';
import { assertFunction } from './options.ts';
import { maxClockStepSeconds } from './times.ts';

/** `recorded`: first use. `replayed`: used before. `full`: no room to remember it, so it must be refused. */
export type SingleUse = 'recorded' | 'replayed' | 'full';

/** Remembers which tokens were used, atomically. A shared store may answer later. */
export interface SingleUseStore {
  /** @param expiresAt seconds since 1970 from which on the token is refused anyway, skew included */
  use(id: string, expiresAt: number): SingleUse | Promise<SingleUse>;
  /**
   * For how many seconds back this store knows every use. The verifier then refuses tokens that were issued before. Asked
   * before and after a use, since a shared store may be out of reach. Absent for a store that outlives the process.
   */
  readonly knownSeconds?: () => number;
}

export interface SingleUseStoreOptions {
  /**
   * Ids at most, about 130 bytes each. 5000 calls a second with tokens of 15 s and a skew of 5 s need 100 000. Room that
   * live ids do not need remembers older ones, for the case that the clock is set back.
   */
  readonly capacity: number;
  readonly now: Clock;
  /** Measures how long an id is kept; `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
}

/**
 * Creates the in-process store. It is bounded, and never forgets an id that could still be accepted: at capacity it answers
 * `full`. Time is measured with the monotonic clock: after a step of `now` it neither forgets an id nor takes a new one
 * for used.
 * After its token has expired an id is kept for two days, or until its room is needed.
 * Knows only this process: several replicas need a shared store.
 *
 * @throws TypeError when an option is wrong
 */
export function createSingleUseStore({
  capacity,
  now,
  monotonicMs = processClock,
}: SingleUseStoreOptions): SingleUseStore & { readonly size: number } {
  if (!Number.isInteger(capacity) || capacity < 1) throw new TypeError('capacity must be a whole number above 0');
  assertFunction('now', now);
  assertFunction('monotonicMs', monotonicMs);
  /** Each id, and the monotonic time in seconds until which its token can be valid. */
  const liveUntil = new Map<string, number>();
  let lastSweep = Number.NEGATIVE_INFINITY;

  /** Ids come in nearly in order of expiry, so looking at the oldest two is enough to keep pace. */
  function dropOldest(time: number): void {
    let looked = 0;
    for (const [id, until] of liveUntil) {
      if (until > time || ++looked > 2) return;
      liveUntil.delete(id);
    }
  }

  /** The oldest id that is not live gives way; where that is none of the first two, all are looked at, once a second. */
  function makeRoom(elapsed: number): void {
    dropOldest(elapsed);
    if (liveUntil.size < capacity || elapsed === lastSweep) return;
    lastSweep = elapsed;
    for (const [id, until] of liveUntil) if (until <= elapsed) liveUntil.delete(id);
  }

  return {
    get size() {
      return liveUntil.size;
    },
    use(id, expiresAt) {
      const elapsed = Math.floor(monotonicMs() / 1000);
      dropOldest(elapsed - maxClockStepSeconds);
      const remaining = expiresAt - readClock(now);
      if (remaining <= 0 || liveUntil.has(id)) return 'replayed';
      if (liveUntil.size >= capacity) makeRoom(elapsed);
      if (liveUntil.size >= capacity) return 'full';
      // Rounded up. A clock that is far behind must not hold it for ever.
      liveUntil.set(id, elapsed + 1 + Math.min(remaining, maxClockStepSeconds));
      return 'recorded';
    },
  };
}
