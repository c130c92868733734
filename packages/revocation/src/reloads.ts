import type { Clock } from '@auth/verify';
import { readClock } from '@auth/verify';

/** When a feed with something missing is read again. */
export interface Reloads {
  /** To be asked whenever something may have changed; `true` means: now. */
  isDue(isMissing: boolean): boolean;
  count(): number;
}

const longestWaitSeconds = 30;

/** Makes the pace of reloads: at once, then after 1, 2, 4 … 30 seconds for as long as the same gap stays. */
export function createReloads({ now }: { readonly now: Clock }): Reloads {
  let count = 0;
  let waitSeconds = 0;
  let lastAt = 0;
  return {
    count: () => count,
    isDue(isMissing) {
      if (!isMissing) {
        waitSeconds = 0;
        return false;
      }
      const time = readClock(now);
      if (waitSeconds > 0 && Math.abs(time - lastAt) < waitSeconds) return false;
      waitSeconds = Math.min(Math.max(1, waitSeconds * 2), longestWaitSeconds);
      lastAt = time;
      count += 1;
      return true;
    },
  };
}
