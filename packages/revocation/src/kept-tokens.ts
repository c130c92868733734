import type { MonotonicClock } from '@auth/verify';

/** A token that may become valid, and since when it waits, by the monotonic clock. */
export interface KeptToken {
  readonly token: string;
  readonly sinceMs: number;
}

/** Tokens whose key is not known yet. */
export interface KeptTokens {
  keep(token: string): void;
  /** All that are still worth a try; they are no longer kept unless put back. */
  takeAll(): readonly KeptToken[];
  putBack(token: KeptToken): void;
  isEmpty(): boolean;
}

/** A few seconds of events, or of garbage. One too many is not lost: it is missing later, and read again. */
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
