import type { Clock } from '@auth/verify';
import { readClock } from '@auth/verify';

/** Whether a feed is up to date, and who wants to know when that changes. */
export interface Staleness {
  isStale(): boolean;
  /** Up to date once, or stale for good reason: there is nothing left to wait for. */
  isSettled(): boolean;
  /** Tells of a change since the last look. */
  look(): void;
}

export interface StalenessOptions {
  /** Seconds since 1970 when all was last known; `undefined` before the first time. */
  readonly freshAt: () => number | undefined;
  readonly now: Clock;
  readonly staleAfterSeconds: number;
  readonly onStale: (isStale: boolean) => void;
}

/** Makes the watch over a feed's age. Until it was up to date once it is stale, but that is no news before the bound is over. */
export function createStaleness({ freshAt, now, staleAfterSeconds, onStale }: StalenessOptions): Staleness {
  const startedAt = readClock(now);
  let told: boolean | undefined;

  /** Either way: a clock that was set back must not make silence look young. */
  const isOver = (since: number) => Math.abs(readClock(now) - since) > staleAfterSeconds;

  function isStale(): boolean {
    const since = freshAt();
    return since === undefined || isOver(since);
  }

  function isSettled(): boolean {
    return freshAt() !== undefined || isOver(startedAt);
  }

  return {
    isStale,
    isSettled,
    look() {
      if (!isSettled() || isStale() === told) return;
      told = isStale();
      onStale(told);
    },
  };
}
