import { describe, expect, it } from '@jest/globals';
import { bearerBesideRedis, isWithinLimit, overheadsOf } from './ratios.ts';
import type { Turn } from './rounds.ts';

function turn(service: number, { redis = 0, door = 0 } = {}): Turn {
  const cost = { service, door, user: 0, postgres: 100, redis };
  return { requests: 1, perSecond: 1, p50Ms: 1, p99Ms: 1, cost };
}

describe('bearerBesideRedis', () => {
  it('compares the processor time of all processes, round by round', () => {
    const turns = new Map([
      ['bearer', [turn(400), turn(900), turn(500)]],
      ['shared-redis', [turn(380, { redis: 20 }), turn(860, { redis: 40 }), turn(450, { redis: 50 })]],
    ]);
    expect(bearerBesideRedis(turns)).toMatchObject({ median: 1, min: 1, max: 1 });
    expect(isWithinLimit(turns)).toBe(true);
  });

  it('is over the limit when the median is', () => {
    const turns = new Map([
      ['bearer', [turn(400), turn(401), turn(401)]],
      ['shared-redis', [turn(400), turn(400), turn(400)]],
    ]);
    expect(isWithinLimit(turns)).toBe(false);
  });

  it('is undefined and within the limit without Redis', () => {
    const turns = new Map([['bearer', [turn(400)]]]);
    expect(bearerBesideRedis(turns)).toBeUndefined();
    expect(isWithinLimit(turns)).toBe(true);
  });
});

describe('overheadsOf', () => {
  it('compares all processes and the gateway with the plain proxy of the same round', () => {
    const turns = new Map([
      ['plain-proxy', [turn(800, { door: 100 }), turn(1700, { door: 200 })]],
      ['gateway-postgres', [turn(800, { door: 300 }), turn(1700, { door: 600 })]],
      ['bearer', [turn(1, { door: 1 }), turn(1, { door: 1 })]],
    ]);
    const [only, ...rest] = overheadsOf(turns);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({
      key: 'gateway-postgres',
      whole: { median: 1.2, min: 1.2, max: 1.2 },
      alone: { median: 3, min: 3, max: 3 },
    });
  });
});
