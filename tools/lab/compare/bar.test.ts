import { describe, expect, it } from '@jest/globals';
import { bearerBesideRedis, isWithinLimit } from './bar.ts';
import type { Turn } from './rounds.ts';

function turn(service: number, redis = 0): Turn {
  const cost = { service, door: 0, user: 0, postgres: 100, redis };
  return { requests: 1, perSecond: 1, p50Ms: 1, p99Ms: 1, cost };
}

describe('bearerBesideRedis', () => {
  it('compares everything that works for a request, round by round', () => {
    const turns = new Map([
      ['bearer', [turn(400), turn(900), turn(500)]],
      ['shared-redis', [turn(380, 20), turn(860, 40), turn(450, 50)]],
    ]);
    expect(bearerBesideRedis(turns)).toEqual({ median: 1, min: 1, max: 1 });
    expect(isWithinLimit(turns)).toBe(true);
  });

  it('is over the limit when the middle run is', () => {
    const turns = new Map([
      ['bearer', [turn(400), turn(401), turn(401)]],
      ['shared-redis', [turn(400), turn(400), turn(400)]],
    ]);
    expect(isWithinLimit(turns)).toBe(false);
  });

  it('judges nothing without Redis', () => {
    const turns = new Map([['bearer', [turn(400)]]]);
    expect(bearerBesideRedis(turns)).toBeUndefined();
    expect(isWithinLimit(turns)).toBe(true);
  });
});
