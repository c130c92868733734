import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createBatch } from './batch.ts';

/** Creates a source that answers when the test says so. */
function openSource() {
  const questions: string[][] = [];
  const answers: ((error?: Error) => void)[] = [];
  const load = (keys: readonly string[]) => {
    questions.push([...keys]);
    return new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
      answers.push((error) => {
        if (error !== undefined) reject(error);
        else resolve(new Map(keys.filter((key) => key !== 'unknown').map((key) => [key, key.toUpperCase()])));
      });
    });
  };
  return {
    load,
    questions,
    /** Answers the next call, once it was made. */
    async answer(error?: Error) {
      while (answers.length === 0) await turn();
      answers.shift()?.(error);
    },
  };
}

describe('createBatch', () => {
  it('loads all keys of one turn of the event loop in one call, each once', async () => {
    const source = openSource();
    const find = createBatch(source.load);
    const found = ['a', 'b', 'a'].map(find);
    await source.answer();
    expect(source.questions).toEqual([['a', 'b']]);
    expect(await Promise.all(found)).toEqual(['A', 'B', 'A']);
  });

  it('loads all keys that come during a call in the next call', async () => {
    const source = openSource();
    const find = createBatch(source.load);
    const first = find('a');
    while (source.questions.length === 0) await turn();
    const others = [find('b')];
    await turn();
    others.push(find('c'), find('a'));
    await source.answer();
    expect(await first).toBe('A');
    await source.answer();
    expect(await Promise.all(others)).toEqual(['B', 'C', 'A']);
    expect(source.questions).toEqual([['a'], ['b', 'c', 'a']]);
  });

  it('resolves with undefined for an unknown key', async () => {
    const source = openSource();
    const found = createBatch(source.load)('unknown');
    await source.answer();
    expect(await found).toBeUndefined();
  });

  it('rejects all keys that waited while a call failed, and no later ones', async () => {
    const source = openSource();
    const find = createBatch(source.load);
    const first = find('a');
    while (source.questions.length === 0) await turn();
    const second = find('b');
    const failed = Promise.allSettled([first, second]);
    await source.answer(new Error('down'));
    expect(await failed).toMatchObject([{ reason: { message: 'down' } }, { reason: { message: 'down' } }]);
    expect(source.questions).toEqual([['a']]);
    const third = find('a');
    await source.answer();
    expect(await third).toBe('A');
  });

  it('loads at most 200 keys in a call', async () => {
    const source = openSource();
    const find = createBatch(source.load);
    const all = Array.from({ length: 301 }, (_, index) => find(`key ${index}`));
    await source.answer();
    await source.answer();
    expect((await Promise.all(all)).at(-1)).toBe('KEY 300');
    expect(source.questions.map((keys) => keys.length)).toEqual([200, 101]);
  });
});
