import type { Revocations } from './access-token.ts';
import type { Clock } from './clock.ts';
import { readClock } from './clock.ts';
import { assertFunction } from './options.ts';

/** What has been taken back of one session. */
export interface CutOff {
  readonly sid: string;
  /** Seconds since 1970: a token with `iat <= notBefore` is refused. `ended`: no token of the session passes. */
  readonly notBefore: number | 'ended';
  /** Seconds since 1970 from which on no token it concerns can be valid, skew included: it is forgotten then. */
  readonly keepUntil: number;
}

/** The cut-offs that are in force, in memory. */
export interface RevocationTable extends Revocations {
  /** Adds a cut-off. Cut-offs of one session merge by maximum, so that order and repetition do not matter. */
  put(cutOff: CutOff): void;
  /** Forgets every cut-off whose time is over. */
  sweep(): void;
  readonly size: number;
}

interface Entry {
  readonly notBefore: number;
  readonly keepUntil: number;
}

/**
 * Makes the table of revoked sessions, for `revocations` of `createAccessTokenVerifier`. Holds a cut-off no longer than a
 * token it concerns could be valid; knows nothing of where cut-offs come from.
 *
 * @throws TypeError when `now` is no function; `put` throws one when a number is none
 */
export function createRevocationTable({ now }: { readonly now: Clock }): RevocationTable {
  assertFunction('now', now);
  const entries = new Map<string, Entry>();
  let latest = 0;

  /** A clock that is set back must not bring back what is forgotten: time only goes forward here. */
  function time(): number {
    latest = Math.max(readClock(now), latest);
    return latest;
  }

  /** Cut-offs come in nearly in order of their end, so looking at the oldest two is enough to keep pace. */
  function dropExpiredHead(at: number): void {
    let looked = 0;
    for (const [sid, { keepUntil }] of entries) {
      if (keepUntil > at || ++looked > 2) return;
      entries.delete(sid);
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
      const next = { notBefore: notBefore === 'ended' ? Number.POSITIVE_INFINITY : notBefore, keepUntil };
      // NaN would win every merge and match no token.
      if (Number.isNaN(next.notBefore + keepUntil)) throw new TypeError('a cut-off must hold numbers');
      const at = time();
      dropExpiredHead(at);
      if (keepUntil <= at) return;
      const before = entries.get(sid);
      if (before === undefined || before.keepUntil <= at) {
        entries.delete(sid);
        entries.set(sid, next);
      } else if (next.notBefore > before.notBefore || next.keepUntil > before.keepUntil) {
        // Deleted first: it moves to the end, where those are that are kept longest.
        entries.delete(sid);
        entries.set(sid, {
          notBefore: Math.max(before.notBefore, next.notBefore),
          keepUntil: Math.max(before.keepUntil, next.keepUntil),
        });
      }
    },
    sweep() {
      const at = time();
      for (const [sid, { keepUntil }] of entries) if (keepUntil <= at) entries.delete(sid);
    },
  };
}
