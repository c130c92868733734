import { describe, expect, it } from '@jest/globals';
import { createTurns } from './keyed-mutex.ts';

/** Work that a test can end. */
function openWork(begun: string[], name: string) {
  let end: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async () => {
    begun.push(name);
    await ended;
    return name;
  };
  return { work, end: () => end?.() };
}

describe('createTurns', () => {
  it('runs work of one key in order, one at a time, and work of another key at once', async () => {
    const inTurn = createTurns();
    const begun: string[] = [];
    const first = openWork(begun, 'first');
    const second = openWork(begun, 'second');
    const other = openWork(begun, 'other');
    const results = [inTurn('ada', first.work), inTurn('ada', second.work), inTurn('eve', other.work)];
    expect(begun).toEqual(['first', 'other']);
    first.end();
    await results[0];
    second.end();
    other.end();
    expect(await Promise.all(results)).toEqual(['first', 'second', 'other']);
    expect(begun).toEqual(['first', 'other', 'second']);
  });

  it('continues after work that failed', async () => {
    const inTurn = createTurns();
    const failed = inTurn('ada', async () => {
      throw new Error('no');
    });
    const next = inTurn('ada', async () => 'next');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('does not begin work that has waited longer than its client does', async () => {
    let time = 0;
    const inTurn = createTurns({ now: () => time });
    const begun: string[] = [];
    const slow = openWork(begun, 'slow');
    const results = Promise.allSettled([inTurn('ada', slow.work), inTurn('ada', openWork(begun, 'late').work)]);
    time = 5001;
    slow.end();
    expect(await results).toMatchObject([{ value: 'slow' }, { reason: { code: 'account_busy' } }]);
    expect(begun).toEqual(['slow']);
    expect(await inTurn('ada', async () => 'fresh')).toBe('fresh');
  });
});
