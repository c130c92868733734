import type { Clock } from '@auth/verify';
import { readClock } from '@auth/verify';

/** A token that may become good, and since when it waits. */
export interface KeptToken {
  readonly token: string;
  readonly since: number;
}

/** Tokens whose key is not known yet. */
export interface KeptTokens {
  keep(token: string): void;
  /** All that are still worth a try; they are no longer kept unless put back. */
  takeAll(): readonly KeptToken[];
  putBack(token: KeptToken): void;
}

/** A few seconds of events, or of garbage. One too many is not lost: it is missing later, and read again. */
const capacity = 256;
const keepSeconds = 10;

/** Makes the place where tokens wait for their key. Bounded in number and time: anybody can name a key nobody knows. */
export function createKeptTokens({ now }: { readonly now: Clock }): KeptTokens {
  let kept: KeptToken[] = [];
  const putBack = (token: KeptToken) => {
    if (kept.length < capacity) kept.push(token);
  };
  return {
    keep: (token) => putBack({ token, since: readClock(now) }),
    putBack,
    takeAll() {
      const all = kept.filter(({ since }) => readClock(now) - since <= keepSeconds);
      kept = [];
      return all;
    },
  };
}
