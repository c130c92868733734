import { describe, expect, it } from '@jest/globals';
import { refreshDelayMs, retryDelayMs } from './delay.ts';

const lowest = () => 0;
const highest = () => 1 - Number.EPSILON;

describe('refreshDelayMs', () => {
  it('is in the last tenth of the fresh time, never after it', () => {
    expect(refreshDelayMs(300, lowest)).toBe(270_000);
    expect(Math.round(refreshDelayMs(300, highest))).toBe(300_000);
    expect(refreshDelayMs(300, highest)).toBeLessThanOrEqual(300_000);
  });
});

describe('retryDelayMs', () => {
  it('doubles with every failure, up to 30 seconds', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 10_000].map((failures) => Math.round(retryDelayMs(failures, highest)));
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is spread over its later half, so that replicas do not retry together', () => {
    expect([1, 2, 6].map((failures) => retryDelayMs(failures, lowest))).toEqual([500, 1000, 15_000]);
  });
});
