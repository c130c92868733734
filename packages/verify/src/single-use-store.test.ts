import { describe, expect, it } from '@jest/globals';
import { createTestClock, startOfTests as now } from '../test/test-clock.ts';
import { createSingleUseStore } from './single-use-store.ts';

function setUp(capacity = 100) {
  const clock = createTestClock();
  return { clock, store: createSingleUseStore({ capacity, now: clock.now }) };
}

describe('createSingleUseStore', () => {
  it('records the first use of an id and refuses every other', () => {
    const { store } = setUp();
    expect(store.use('a', now + 20)).toBe('recorded');
    expect(store.use('a', now + 20)).toBe('replayed');
    expect(store.use('a', now + 9999)).toBe('replayed');
    expect(store.use('b', now + 20)).toBe('recorded');
    expect(store.size).toBe(2);
  });

  it('remembers an id up to the last second in which its token passes', () => {
    const { clock, store } = setUp();
    expect(store.use('a', now + 20)).toBe('recorded');
    clock.advance(19);
    expect(store.use('a', now + 20)).toBe('replayed');
    clock.advance(1);
    expect(store.use('other', now + 40)).toBe('recorded');
    expect(store.size).toBe(1);
  });

  it('takes no id that has expired: nothing would remember it', () => {
    const { store } = setUp();
    expect(store.use('a', now)).toBe('replayed');
    expect(store.use('b', now + 1)).toBe('recorded');
  });

  it('never gives up a live id to make room', () => {
    const { store } = setUp(3);
    for (const id of ['a', 'b', 'c']) expect(store.use(id, now + 20)).toBe('recorded');
    for (let more = 0; more < 50; more += 1) expect(store.use(`more-${more}`, now + 20)).toBe('full');
    for (const id of ['a', 'b', 'c']) expect(store.use(id, now + 20)).toBe('replayed');
    expect(store.size).toBe(3);
  });

  it('makes room of what has expired, in whatever order it came', () => {
    const { clock, store } = setUp(3);
    expect(store.use('late', now + 30)).toBe('recorded');
    expect(store.use('early', now + 10)).toBe('recorded');
    expect(store.use('middle', now + 20)).toBe('recorded');
    clock.advance(10);
    expect(store.use('d', now + 40)).toBe('recorded');
    expect(store.use('late', now + 30)).toBe('replayed');
    expect(store.use('middle', now + 20)).toBe('replayed');
    expect(store.use('e', now + 40)).toBe('full');
    clock.advance(10);
    expect(store.use('e', now + 40)).toBe('recorded');
  });

  it('stays small under load, though nobody sweeps it', () => {
    const { clock, store } = setUp(1_000_000);
    let largest = 0;
    for (let second = 0; second < 200; second += 1) {
      const results = [...Array(50)].map((_, call) => store.use(`${second}-${call}`, clock.now() + 20));
      expect(new Set(results)).toEqual(new Set(['recorded']));
      largest = Math.max(largest, store.size);
      clock.advance(1);
    }
    expect(largest).toBeLessThanOrEqual(50 * 21);
  });

  it('drops two expired ids at a use, so that no use has to wait for many', () => {
    const { clock, store } = setUp();
    for (const id of ['a', 'b', 'c', 'd', 'e']) expect(store.use(id, now + 10)).toBe('recorded');
    clock.advance(10);
    expect(store.use('f', now + 40)).toBe('recorded');
    expect(store.size).toBe(5 - 2 + 1);
  });

  it('does not take a forgotten id again when the clock is set back', () => {
    let time = now;
    const store = createSingleUseStore({ capacity: 10, now: () => time });
    expect(store.use('a', now + 20)).toBe('recorded');
    time = now + 21;
    expect(store.use('b', now + 60)).toBe('recorded');
    expect(store.size).toBe(1);
    time = now;
    expect(store.use('a', now + 20)).toBe('replayed');
  });

  it('fills up to its capacity exactly', () => {
    const { store } = setUp(5);
    const results = [...Array(7)].map((_, at) => store.use(`${at}`, now + 20));
    expect(results).toEqual([...Array(5).fill('recorded'), 'full', 'full']);
  });

  it.each([undefined, null, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '100', true])(
    'throws at build time with a capacity of %p',
    (capacity) => {
      const options = { capacity: capacity as number, now: () => now };
      expect(() => createSingleUseStore(options)).toThrow('capacity must be a whole number above 0');
    },
  );

  it.each([undefined, null, 5, 'now', new Date(0)])('throws at build time with %p for a clock', (clock) => {
    expect(() => createSingleUseStore({ capacity: 1, now: clock as unknown as () => number })).toThrow(
      'now must be a function',
    );
  });
});
