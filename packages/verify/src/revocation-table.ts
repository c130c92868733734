import type { Revocations } from './access-token-options.ts';
import { type Clock, createLowestClock, type MonotonicClock, processClock } from './clock.ts';
import { assertFunction, assertSeconds } from './options.ts';
import { maxAccessTokenSeconds, maxSkewSeconds, maxVerifiedSeconds } from './times.ts';

/** The revocation of a session: of all its tokens, or of those issued up to a moment. */
export interface CutOff {
  readonly sid: string;
  /** Seconds since 1970: a token with `iat <= notBefore` is revoked. `ended`: every token of the session is revoked. */
  readonly notBefore: number | 'ended';
  /** Seconds since 1970 from which on all tokens of the cut-off have expired, skew included. */
  readonly keepUntil: number;
}

/** The cut-offs whose tokens may not have expired, in memory. */
export interface RevocationTable extends Revocations {
  /** Adds a cut-off. Cut-offs of one session merge by maximum, so that order and repetition do not matter. */
  put(cutOff: CutOff): void;
  /** Removes every entry whose tokens have all expired. */
  sweep(): void;
  readonly size: number;
}

export interface RevocationTableOptions {
  readonly now: Clock;
  /** Measures how long an entry is kept; `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
  /** `maxLifetimeSeconds` of the access token verifier; an hour unless given. */
  readonly maxLifetimeSeconds?: number;
}

interface Entry {
  readonly notBefore: number;
  readonly keepUntil: number;
  /** Whole seconds of the monotonic clock. */
  readonly heldUntil: number;
}

/**
 * Creates the in-memory table of revoked sessions, for `revocations` of `createAccessTokenVerifier`. Each entry is kept
 * for `maxLifetimeSeconds` (and twice the skew) of monotonic time, so that no clock step removes it early. An entry whose
 * `keepUntil` is still in the future is kept until then. By default the table holds about the last hour of cut-offs, 150
 * to 200 bytes each.
 *
 * @throws TypeError when an option is wrong; `put` throws one for a time that is not a number
 */
export function createRevocationTable(options: RevocationTableOptions): RevocationTable {
  const { now, monotonicMs = processClock, maxLifetimeSeconds = maxAccessTokenSeconds } = options;
  assertFunction('now', now);
  assertFunction('monotonicMs', monotonicMs);
  assertSeconds('maxLifetimeSeconds', maxLifetimeSeconds, 1, maxVerifiedSeconds);
  // Twice the skew: the clock of the verifier may differ, and the verifier allows skew as well.
  const holdSeconds = maxLifetimeSeconds + 2 * maxSkewSeconds;
  const entries = new Map<string, Entry>();
  // Uses the lowest clock, so that a clock that runs ahead does not drop entries early. Tokens that such a clock issued
  // stay usable for longer than `maxLifetimeSeconds` of real time.
  const time = createLowestClock(now, { monotonicMs, windowSeconds: maxVerifiedSeconds });
  const elapsedSeconds = () => Math.ceil(monotonicMs() / 1000);

  /** Entries are in the order in which they were added, so checking the first two at each `put` is enough to keep up. */
  function dropOldest(elapsed: number, at: number): void {
    let checked = 0;
    for (const [sid, entry] of entries) {
      if (entry.heldUntil > elapsed || ++checked > 2) return;
      entries.delete(sid);
      // Moved to the end, so that it does not block entries that can be removed.
      if (entry.keepUntil > at) entries.set(sid, entry);
    }
  }

  return {
    get size() {
      return entries.size;
    },
    isRevoked(sid, iat) {
      const entry = entries.get(sid);
      return entry !== undefined && iat <= entry.notBefore;
    },
    put({ sid, notBefore, keepUntil }) {
      const from = notBefore === 'ended' ? Number.POSITIVE_INFINITY : notBefore;
      // NaN would win every merge and match no token.
      if (Number.isNaN(from + keepUntil)) throw new TypeError('a cut-off must hold numbers');
      const elapsed = elapsedSeconds();
      dropOldest(elapsed, time());
      const before = entries.get(sid) ?? { notBefore: Number.NEGATIVE_INFINITY, keepUntil: Number.NEGATIVE_INFINITY };
      // A repeated cut-off is not kept longer.
      if (from <= before.notBefore && keepUntil <= before.keepUntil) return;
      // Deleted first: it moves to the end, behind the entries that were added earlier.
      entries.delete(sid);
      entries.set(sid, {
        notBefore: Math.max(before.notBefore, from),
        keepUntil: Math.max(before.keepUntil, keepUntil),
        heldUntil: elapsed + holdSeconds,
      });
    },
    sweep() {
      const elapsed = elapsedSeconds();
      const at = time();
      for (const [sid, { heldUntil, keepUntil }] of entries) {
        if (heldUntil > elapsed) return;
        if (keepUntil <= at) entries.delete(sid);
      }
    },
  };
}
