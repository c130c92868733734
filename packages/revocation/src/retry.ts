import type { MonotonicClock } from '@auth/verify';

/** The pace of an attempt that is retried while a fault lasts. */
export interface Pace {
  /** Called whenever something may have changed. Returns `true` when the attempt is due now. */
  isDue(isWrong: boolean): boolean;
  /** How often the attempt was due. */
  count(): number;
}

export interface PaceOptions {
  readonly monotonicMs: MonotonicClock;
  readonly firstWaitSeconds: number;
  readonly longestWaitSeconds: number;
}

/** Creates a pace: due at once, then after twice the previous wait, for as long as the same fault lasts. */
export function createPace({ monotonicMs, firstWaitSeconds, longestWaitSeconds }: PaceOptions): Pace {
  let count = 0;
  let waitSeconds = 0;
  let lastMs = 0;
  return {
    count: () => count,
    isDue(isWrong) {
      if (!isWrong) {
        waitSeconds = 0;
        return false;
      }
      const time = monotonicMs();
      if (waitSeconds > 0 && time - lastMs < waitSeconds * 1000) return false;
      waitSeconds = waitSeconds === 0 ? firstWaitSeconds : Math.min(waitSeconds * 2, longestWaitSeconds);
      lastMs = time;
      count += 1;
      return true;
    },
  };
}

/** A token that may become valid, and when it was kept, by the monotonic clock. */
export interface KeptToken {
  readonly token: string;
  readonly sinceMs: number;
}

/** The tokens whose key is not known yet. */
export interface KeptTokens {
  keep(token: string): void;
  /** Removes and returns the tokens that are not too old to retry. */
  takeAll(): readonly KeptToken[];
  putBack(token: KeptToken): void;
  isEmpty(): boolean;
}

/** The most tokens that are kept. An event beyond it is not lost: its number is missing, so the feed is read again. */
const capacity = 256;
const keepMs = 10_000;

/** Creates the store of tokens that wait for their key. Bounded in number and time: a forged token can name any key. */
export function createKeptTokens({ monotonicMs }: { readonly monotonicMs: MonotonicClock }): KeptTokens {
  let kept: KeptToken[] = [];
  const putBack = (token: KeptToken) => {
    if (kept.length < capacity) kept.push(token);
  };
  return {
    keep: (token) => putBack({ token, sinceMs: monotonicMs() }),
    putBack,
    isEmpty: () => kept.length === 0,
    takeAll() {
      const all = kept.filter(({ sinceMs }) => monotonicMs() - sinceMs <= keepMs);
      kept = [];
      return all;
    },
  };
}
