import type { Revocations } from './access-token.ts';
import type { Clock, MonotonicClock } from './clock.ts';
import { createLowestClock, processClock } from './clock.ts';
import { assertFunction, assertSeconds } from './options.ts';
import { maxAccessTokenSeconds, maxSkewSeconds, maxVerifiedSeconds } from './times.ts';

/** The cut-off of one session. */
export interface CutOff {
  readonly sid: string;
  /** Seconds since 1970: a token with `iat <= notBefore` is refused. `ended`: no token of the session is accepted. */
  readonly notBefore: number | 'ended';
  /** Seconds since 1970 from which on no token it concerns can be valid, skew included. */
  readonly keepUntil: number;
}

/** The cut-offs that are in force, in memory. */
export interface RevocationTable extends Revocations {
  /** Adds a cut-off. Cut-offs of one session merge by maximum, so that order and repetition do not matter. */
  put(cutOff: CutOff): void;
  /** Removes every cut-off that concerns no token any more. */
  sweep(): void;
  readonly size: number;
}

export interface RevocationTableOptions {
  readonly now: Clock;
  /** Measures how long a cut-off is kept; `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
  /** `maxLifetimeSeconds` of the verifier of access tokens; an hour unless given. */
  readonly maxLifetimeSeconds?: number;
}

interface Entry {
  readonly notBefore: number;
  readonly keepUntil: number;
  /** By the monotonic clock, in whole seconds. */
  readonly heldUntil: number;
}

/**
 * Creates the table of revoked sessions, for `revocations` of `createAccessTokenVerifier`. No step of the clock removes a
 * cut-off: it is kept for the longest life of a token after it was added, by the monotonic clock, and longer while
 * `keepUntil` is still to come. So the table holds the cut-offs of about the last hour, 150 to 200 bytes each.
 *
 * @throws TypeError when an option is wrong; `put` throws one when a number is none
 */
export function createRevocationTable(options: RevocationTableOptions): RevocationTable {
  const { now, monotonicMs = processClock, maxLifetimeSeconds = maxAccessTokenSeconds } = options;
  assertFunction('now', now);
  assertFunction('monotonicMs', monotonicMs);
  assertSeconds('maxLifetimeSeconds', maxLifetimeSeconds, 1, maxVerifiedSeconds);
  // For any verifier: its clock, and what it allows.
  const holdSeconds = maxLifetimeSeconds + 2 * maxSkewSeconds;
  const entries = new Map<string, Entry>();
  // A token from a time when the clock was ahead becomes valid again when the right time gets there.
  const time = createLowestClock(now, { monotonicMs, windowSeconds: maxVerifiedSeconds });
  const elapsedSeconds = () => Math.ceil(monotonicMs() / 1000);

  /** Entries are in the order in which they were added, so the first two are enough to keep up with what is added. */
  function dropOldest(elapsed: number, at: number): void {
    let looked = 0;
    for (const [sid, entry] of entries) {
      if (entry.heldUntil > elapsed || ++looked > 2) return;
      entries.delete(sid);
      // Back in at the end, so that it is not in the way of those that can go.
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
      // A known cut-off is not kept longer because it arrives again.
      if (from <= before.notBefore && keepUntil <= before.keepUntil) return;
      // Deleted first: it moves to the end, where those are that were added last.
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
