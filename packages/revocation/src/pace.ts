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
