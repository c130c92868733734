import { describe, expect, it } from '@jest/globals';
import { createKeyedMutex } from './keyed-mutex.ts';

/** Creates work that the test ends. */
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

describe('createKeyedMutex', () => {
  it('runs work of one key one at a time, in order, and work of another key at once', async () => {
    const exclusively = createKeyedMutex();
    const begun: string[] = [];
    const first = openWork(begun, 'first');
    const second = openWork(begun, 'second');
    const other = openWork(begun, 'other');
    const results = [exclusively('ada', first.work), exclusively('ada', second.work), exclusively('eve', other.work)];
    expect(begun).toEqual(['first', 'other']);
    first.end();
    await results[0];
    second.end();
    other.end();
    expect(await Promise.all(results)).toEqual(['first', 'second', 'other']);
    expect(begun).toEqual(['first', 'other', 'second']);
  });

  it('continues after work that failed', async () => {
    const exclusively = createKeyedMutex();
    const failed = exclusively('ada', async () => {
      throw new Error('no');
    });
    const next = exclusively('ada', async () => 'next');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('rejects work that has waited for more than 5 s as account_busy', async () => {
    let time = 0;
    const exclusively = createKeyedMutex({ now: () => time });
    const begun: string[] = [];
    const slow = openWork(begun, 'slow');
    const results = Promise.allSettled([
      exclusively('ada', slow.work),
      exclusively('ada', openWork(begun, 'late').work),
    ]);
    time = 5001;
    slow.end();
    expect(await results).toMatchObject([{ value: 'slow' }, { reason: { code: 'account_busy' } }]);
    expect(begun).toEqual(['slow']);
    expect(await exclusively('ada', async () => 'fresh')).toBe('fresh');
  });
});
