import type { Clock } from './clock.ts';
import { readClock } from './clock.ts';
import { assertFunction } from './options.ts';

/** `recorded`: first use. `replayed`: used before. `full`: no room to remember it, so it must be refused. */
export type SingleUse = 'recorded' | 'replayed' | 'full';

/** Remembers which tokens were used, atomically. A shared store may answer later. */
export interface SingleUseStore {
  /** @param expiresAt seconds since 1970 from which on the token is refused anyway, skew included */
  use(id: string, expiresAt: number): SingleUse | Promise<SingleUse>;
}

export interface SingleUseStoreOptions {
  /** Live ids at most. 1000 calls a second with tokens of 15 s and a skew of 5 s keep 20 000. */
  readonly capacity: number;
  readonly now: Clock;
}

/**
 * Makes the in-process store. Bounded, and it never forgets an id that could still pass: when full it says so.
 * Knows only this process: several replicas need a shared store.
 *
 * @throws TypeError when an option is wrong
 */
export function createSingleUseStore({
  capacity,
  now,
}: SingleUseStoreOptions): SingleUseStore & { readonly size: number } {
  if (!Number.isInteger(capacity) || capacity < 1) throw new TypeError('capacity must be a whole number above 0');
  assertFunction('now', now);
  const expiry = new Map<string, number>();
  let lastSweep = 0;
  let latest = 0;

  /** Ids come in nearly in order of expiry, so looking at the oldest two is enough to keep pace. */
  function dropExpiredHead(time: number): void {
    let looked = 0;
    for (const [id, expiresAt] of expiry) {
      if (expiresAt > time || ++looked > 2) return;
      expiry.delete(id);
    }
  }

  /** At most once a second, so that a full store does not cost a full scan per call. */
  function dropExpired(time: number): void {
    if (time === lastSweep) return;
    lastSweep = time;
    for (const [id, expiresAt] of expiry) if (expiresAt <= time) expiry.delete(id);
  }

  return {
    get size() {
      return expiry.size;
    },
    use(id, expiresAt) {
      // A clock that is set back must not make a forgotten id good again: time only goes forward here.
      const time = Math.max(readClock(now), latest);
      latest = time;
      dropExpiredHead(time);
      if (expiresAt <= time || expiry.has(id)) return 'replayed';
      if (expiry.size >= capacity) dropExpired(time);
      if (expiry.size >= capacity) return 'full';
      expiry.set(id, expiresAt);
      return 'recorded';
    },
  };
}
