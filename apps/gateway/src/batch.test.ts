import { describe, expect, it } from '@jest/globals';
import { createBatch } from './batch.ts';

/** A source that answers when it is told to. */
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
  return { load, questions, answer: (error?: Error) => answers.shift()?.(error) };
}

describe('createBatch', () => {
  it('asks for the first at once, and for all that come meanwhile together, each of them once', async () => {
    const source = openSource();
    const find = createBatch(source.load);
    const found = ['a', 'b', 'c', 'b'].map(find);
    expect(source.questions).toEqual([['a']]);
    source.answer();
    await found[0];
    expect(source.questions).toEqual([['a'], ['b', 'c']]);
    source.answer();
    expect(await Promise.all(found)).toEqual(['A', 'B', 'C', 'B']);
  });

  it('gives nothing for what is not there', async () => {
    const source = openSource();
    const found = createBatch(source.load)('unknown');
    source.answer();
    expect(await found).toBeUndefined();
  });

  it('fails all who waited while a question failed, and none that came later', async () => {
    const source = openSource();
    const find = createBatch(source.load);
    const [first, second] = [find('a'), find('b')];
    source.answer(new Error('down'));
    await expect(first).rejects.toThrow('down');
    await expect(second).rejects.toThrow('down');
    expect(source.questions).toEqual([['a']]);
    const third = find('a');
    source.answer();
    expect(await third).toBe('A');
  });

  it('asks for no more than 200 at a time', async () => {
    const source = openSource();
    const find = createBatch(source.load);
    const all = Array.from({ length: 301 }, (_, index) => find(`key ${index}`));
    source.answer();
    await all[0];
    source.answer();
    await all[200];
    source.answer();
    await Promise.all(all);
    expect(source.questions.map((keys) => keys.length)).toEqual([1, 200, 100]);
  });
});
