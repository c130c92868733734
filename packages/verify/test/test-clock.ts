import type { Clock } from '../src/clock.ts';

/** A clock that stands still until it is moved. */
export interface TestClock {
  readonly now: Clock;
  /** Moves on by a number of seconds. */
  advance(seconds: number): void;
}

/** The time every test clock starts at. */
export const startOfTests = 1_800_000_000;

/** Makes a clock that stands at `startOfTests`. */
export function createTestClock(): TestClock {
  let time = startOfTests;
  return {
    now: () => time,
    advance(seconds) {
      time += seconds;
    },
  };
}
