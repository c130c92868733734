import { type Clock, type MonotonicClock, processClock, readClock } from './clock.ts';
import { assertFunction } from './options.ts';
import { maxClockStepSeconds } from './times.ts';

/** `recorded`: first use. `replayed`: used before. `full`: no room to record the use, so the token must be rejected. */
export type SingleUse = 'recorded' | 'replayed' | 'full';

/** Records which tokens were used, atomically. A shared store may be asynchronous. */
export interface SingleUseStore {
  /** @param expiresAt seconds since 1970 from which on the token is rejected anyway, skew included */
  use(id: string, expiresAt: number): SingleUse | Promise<SingleUse>;
  /**
   * Returns the seconds since the store began to record uses without a gap: the period whose uses it knows. The verifier
   * rejects tokens issued before that moment. The verifier calls it before and after a use, since a shared store may lose
   * its connection. Omit it for a store that keeps its data across restarts.
   */
  readonly knownSeconds?: () => number;
}

export interface SingleUseStoreOptions {
  /**
   * The most ids that are stored, about 130 bytes each. Each id must be held for about 20 seconds (token life plus skew),
   * so 5000 calls a second need 100 000. Spare room keeps expired ids, in case the clock is set back.
   */
  readonly capacity: number;
  readonly now: Clock;
  /** Measures how long an id is kept; `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
}

/**
 * Creates the in-process store. Its size is bounded, and it never evicts an id that could still be accepted: at
 * capacity it answers `full`. Time is measured with the monotonic clock, so that a step of `now` neither evicts an id
 * nor makes a new one count as used. An id is kept for two days after its token has expired, or until its room is
 * needed. Knows only this process: several replicas need a shared store.
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
  /** The monotonic time in seconds until which the token of each id can be valid. */
  const liveUntil = new Map<string, number>();
  let lastSweep = Number.NEGATIVE_INFINITY;

  /**
   * Removes ids that are no longer live at `time`. Ids come in nearly in order of expiry, so checking the oldest two at
   * each use is enough to keep up.
   */
  function dropOldest(time: number): void {
    let checked = 0;
    for (const [id, until] of liveUntil) {
      if (until > time || ++checked > 2) return;
      liveUntil.delete(id);
    }
  }

  /** Removes expired ids. Checks the two oldest first. If the store is still full, checks all, at most once a second. */
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
      // Rounded up, and bounded: a clock that is far behind must not keep an id for ever.
      liveUntil.set(id, elapsed + 1 + Math.min(remaining, maxClockStepSeconds));
      return 'recorded';
    },
  };
}
