import type { Clock, MonotonicClock } from '../src/clock.ts';

/** A clock that only tests advance, with its monotonic clock. */
export interface TestClock {
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
  /** Lets a number of seconds pass. */
  advance(seconds: number): void;
  /** Sets the clock forward or back, though no time passes. */
  step(seconds: number): void;
}

/** The time every test clock starts at. */
export const startOfTests = 1_800_000_000;

/** Creates a clock that shows `startOfTests`. */
export function createTestClock(): TestClock {
  let passed = 0;
  let offset = startOfTests;
  return {
    now: () => passed + offset,
    monotonicMs: () => passed * 1000,
    advance(seconds) {
      passed += seconds;
    },
    step(seconds) {
      offset += seconds;
    },
  };
}
