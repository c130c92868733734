import { describe, expect, it } from '@jest/globals';
import { createEndedCookies, keepSeconds } from './ended-cookies.ts';

/** Creates a list with a store and a clock of the test. */
function open(recent: () => readonly string[] = () => []) {
  let ms = 1000;
  const asked: number[] = [];
  const errors: unknown[] = [];
  const list = createEndedCookies({
    store: {
      async findRecent(withinSeconds) {
        asked.push(withinSeconds);
        return recent();
      },
    },
    monotonicMs: () => ms,
    onError: (error) => errors.push(error),
  });
  return { list, asked, errors, advance: (by: number) => (ms += by) };
}

describe('the list of ended cookies', () => {
  it('is read in full before its first use', async () => {
    const { list, asked } = open(() => ['a']);
    const first = list.update();
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toBe(true);
    expect([list.has('a'), list.has('b'), asked]).toEqual([true, false, [keepSeconds]]);
  });

  it('is used without a read for half a second, is then read in parallel with requests, and after a second before them', async () => {
    const { list, asked, advance } = open();
    await list.update();
    advance(499);
    expect(list.update()).toBe(true);
    expect(asked).toHaveLength(1);
    advance(1);
    expect(list.update()).toBe(true);
    expect(asked).toHaveLength(2);
    await new Promise(setImmediate);
    advance(1000);
    const current = list.update();
    expect(current).toBeInstanceOf(Promise);
    expect(await current).toBe(true);
  });

  it('is read once for many requests, and again from where it was last read, with an overlap', async () => {
    const { list, asked, advance } = open();
    await Promise.all([list.update(), list.update(), list.update()]);
    advance(10_000);
    await list.update();
    expect(asked).toEqual([keepSeconds, 40]);
  });

  it('is not used while it cannot be read', async () => {
    let isDown = false;
    const { list, errors, advance } = open(() => {
      if (isDown) throw new Error('down');
      return [];
    });
    await list.update();
    isDown = true;
    advance(1000);
    expect(await list.update()).toBe(false);
    expect(errors).toHaveLength(1);
    isDown = false;
    expect(await list.update()).toBe(true);
  });

  it('contains a cookie that was added here at once, and forgets it after every cached copy has expired', async () => {
    const { list, advance } = open();
    list.add('a');
    expect(list.has('a')).toBe(true);
    advance(keepSeconds * 1000 - 1);
    await list.update();
    expect(list.has('a')).toBe(true);
    advance(1000);
    await list.update();
    expect(list.has('a')).toBe(false);
  });
});
