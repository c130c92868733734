import { describe, expect, it } from '@jest/globals';
import { createShares } from './shares.ts';

/** Takes shares, and notes from whom they are taken. */
function open(bounds: { perClient: number; total: number }) {
  const shares = createShares(bounds);
  const taken: string[] = [];
  return { shares, taken, take: (client: string, name: string) => shares.take(client, () => taken.push(name)) };
}

describe('shares of what clients make the gateway hold', () => {
  it('are given to anyone within the bounds', () => {
    const { shares, taken, take } = open({ perClient: 2, total: 4 });
    for (const name of ['a1', 'a2', 'b1', 'b2']) take(name[0] ?? '', name);
    expect([taken, shares.size]).toEqual([[], 4]);
  });

  it('are taken from the oldest holder of a client that has too many', () => {
    const { shares, taken, take } = open({ perClient: 2, total: 4 });
    for (const name of ['a1', 'b1', 'a2', 'a3', 'a4']) take(name[0] ?? '', name);
    expect([taken, shares.size]).toEqual([['a1', 'a2'], 3]);
  });

  it('are taken from the client that has the most when there are too many in all', () => {
    const { shares, taken, take } = open({ perClient: 3, total: 4 });
    for (const name of ['b1', 'a1', 'a2', 'a3', 'c1', 'd1']) take(name[0] ?? '', name);
    expect([taken, shares.size]).toEqual([['a1', 'a2'], 4]);
  });

  it('that are given back, once or again, make room', () => {
    const { shares, taken, take } = open({ perClient: 1, total: 1 });
    const share = take('a', 'a1');
    share.release();
    share.release();
    take('b', 'b1');
    share.release();
    expect([taken, shares.size]).toEqual([[], 1]);
  });
});
