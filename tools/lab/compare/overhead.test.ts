import { describe, expect, it } from '@jest/globals';
import { overheadsOf } from './overhead.ts';
import type { Turn } from './rounds.ts';

function turn(service: number, door: number): Turn {
  const cost = { service, door, user: 0, postgres: 100, redis: 0 };
  return { requests: 1, perSecond: 1, p50Ms: 1, p99Ms: 1, cost };
}

describe('overheadsOf', () => {
  it('compares the whole and the process alone with the plain proxy of the same round', () => {
    const turns = new Map([
      ['plain-proxy', [turn(800, 100), turn(1700, 200)]],
      ['gateway-postgres', [turn(800, 300), turn(1700, 600)]],
      ['bearer', [turn(1, 1), turn(1, 1)]],
    ]);
    const [only, ...rest] = overheadsOf(turns);
    expect(rest).toEqual([]);
    expect(only).toEqual({
      key: 'gateway-postgres',
      whole: { median: 1.2, min: 1.2, max: 1.2 },
      alone: { median: 3, min: 3, max: 3 },
    });
  });
});
