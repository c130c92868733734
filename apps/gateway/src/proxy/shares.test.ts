import { describe, expect, it } from '@jest/globals';
import { createShares } from './shares.ts';

/** Takes shares, and records whose are revoked. */
function open(bounds: { perClient: number; total: number }) {
  const shares = createShares(bounds);
  const taken: string[] = [];
  return { shares, taken, take: (client: string, name: string) => shares.take(client, () => taken.push(name)) };
}

describe('shares of the memory that clients hold', () => {
  it('are granted within the bounds', () => {
    const { shares, taken, take } = open({ perClient: 2, total: 4 });
    for (const name of ['a1', 'a2', 'b1', 'b2']) take(name[0] ?? '', name);
    expect([taken, shares.size]).toEqual([[], 4]);
  });

  it('of a client with too many are revoked, the oldest first', () => {
    const { shares, taken, take } = open({ perClient: 2, total: 4 });
    for (const name of ['a1', 'b1', 'a2', 'a3', 'a4']) take(name[0] ?? '', name);
    expect([taken, shares.size]).toEqual([['a1', 'a2'], 3]);
  });

  it('beyond the total are revoked from the client that has the most', () => {
    const { shares, taken, take } = open({ perClient: 3, total: 4 });
    for (const name of ['b1', 'a1', 'a2', 'a3', 'c1', 'd1']) take(name[0] ?? '', name);
    expect([taken, shares.size]).toEqual([['a1', 'a2'], 4]);
  });

  it('free their room when they are returned, once or twice', () => {
    const { shares, taken, take } = open({ perClient: 1, total: 1 });
    const share = take('a', 'a1');
    share.release();
    share.release();
    take('b', 'b1');
    share.release();
    expect([taken, shares.size]).toEqual([[], 1]);
  });
});
