import { describe, expect, it } from '@jest/globals';
import { createUnfinished } from './unfinished.ts';

describe('unfinished work', () => {
  it('is retried until it is done; after a failure other tasks with the same dependency are not tried', async () => {
    const errors: string[] = [];
    const unfinished = createUnfinished({ retryMs: 1, onError: (error) => errors.push(String(error)) });
    const tried: string[] = [];
    let isDown = true;
    const work = (name: string) => async () => {
      tried.push(name);
      if (isDown && name !== 'other') throw new Error('down');
    };
    unfinished.keep('database', work('first'));
    unfinished.keep('database', work('second'));
    unfinished.keep('user app', work('other'));
    while (tried.filter((name) => name === 'first').length < 3) await new Promise(setImmediate);
    expect(tried).not.toContain('second');
    expect(tried.filter((name) => name === 'other')).toHaveLength(1);
    isDown = false;
    while (unfinished.size > 0) await new Promise(setImmediate);
    expect(tried).toContain('second');
    expect(errors).toEqual(['Error: down']);
  });

  it('is bounded: beyond the limit the oldest task is dropped', async () => {
    const errors: string[] = [];
    const done: number[] = [];
    const unfinished = createUnfinished({ limit: 2, onError: (error) => errors.push(String(error)) });
    for (const number of [1, 2, 3]) unfinished.keep('database', async () => void done.push(number));
    await unfinished.close(1000);
    expect(done).toEqual([2, 3]);
    expect(errors).toHaveLength(1);
  });

  it('is dropped at the end of the process after a timeout, also when it hangs', async () => {
    const errors: string[] = [];
    const unfinished = createUnfinished({ retryMs: 1, onError: (error) => errors.push(String(error)) });
    unfinished.keep('database', () => new Promise(() => undefined));
    await unfinished.close(20);
    expect(errors).toEqual([expect.stringContaining('1 pieces of work')]);
    expect(unfinished.size).toBe(0);
  });
});
