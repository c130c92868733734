import { describe, expect, it } from '@jest/globals';
import { createTestClock, startOfTests as now } from '../test/test-clock.ts';
import { createLowestClock, processClock } from './clock.ts';

describe('createLowestClock', () => {
  it('follows the clock and a step back, but not a step forward', () => {
    const clock = createTestClock();
    const lowest = createLowestClock(clock.now, { ...clock, windowSeconds: 3600 });
    clock.advance(5);
    expect(lowest()).toBe(now + 5);
    clock.step(7200);
    clock.advance(5);
    expect(lowest()).toBe(now + 10);
    clock.step(-7200 - 60);
    expect(lowest()).toBe(now - 50);
    clock.step(60);
    clock.advance(1);
    expect(lowest()).toBe(now - 49);
  });

  it('follows a step forward after one to two windows', () => {
    const clock = createTestClock();
    const lowest = createLowestClock(clock.now, { ...clock, windowSeconds: 3600 });
    clock.step(7200);
    clock.advance(3600);
    expect(lowest()).toBe(now + 3600);
    clock.advance(3599);
    expect(lowest()).toBe(now + 7199);
    clock.advance(1);
    expect(lowest()).toBe(now + 7200 + 7200);
    clock.step(7200);
    clock.advance(7200);
    expect(lowest()).toBe(clock.now());
  });

  it('throws for a broken clock', () => {
    const options = { monotonicMs: processClock, windowSeconds: 1 };
    expect(() => createLowestClock(() => Number.NaN, options)).toThrow('the clock must return seconds since 1970');
  });
});

describe('processClock', () => {
  it('is never set back', () => {
    const first = processClock();
    expect(processClock()).toBeGreaterThanOrEqual(first);
  });
});
