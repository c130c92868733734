import { describe, expect, it } from '@jest/globals';
import { createTestClock, startOfTests as now } from '../test/test-clock.ts';
import { createSingleUseStore } from './single-use-store.ts';

function setUp(capacity = 100) {
  const clock = createTestClock();
  return { clock, store: createSingleUseStore({ capacity, ...clock }) };
}

describe('createSingleUseStore', () => {
  it('records the first use of an id and rejects every other', () => {
    const { store } = setUp();
    expect(store.use('a', now + 20)).toBe('recorded');
    expect(store.use('a', now + 20)).toBe('replayed');
    expect(store.use('a', now + 9999)).toBe('replayed');
    expect(store.use('b', now + 20)).toBe('recorded');
    expect(store.size).toBe(2);
  });

  it('keeps an id after its token has expired, for two days and no longer', () => {
    const { clock, store } = setUp();
    expect(store.use('a', now + 20)).toBe('recorded');
    clock.advance(2 * 86_400 + 20);
    expect(store.use('b', clock.now() + 20)).toBe('recorded');
    expect(store.size).toBe(2);
    clock.advance(1);
    expect(store.use('c', clock.now() + 20)).toBe('recorded');
    expect(store.size).toBe(2);
  });

  it('rejects an expired id, which it could not keep', () => {
    const { store } = setUp();
    expect(store.use('a', now)).toBe('replayed');
    expect(store.use('b', now + 1)).toBe('recorded');
  });

  it('never drops a live id to make room', () => {
    const { store } = setUp(3);
    for (const id of ['a', 'b', 'c']) expect(store.use(id, now + 20)).toBe('recorded');
    for (let more = 0; more < 50; more += 1) expect(store.use(`more-${more}`, now + 20)).toBe('full');
    for (const id of ['a', 'b', 'c']) expect(store.use(id, now + 20)).toBe('replayed');
    expect(store.size).toBe(3);
  });

  it('removes expired ids, in any order of insertion', () => {
    const { clock, store } = setUp(3);
    expect(store.use('late', now + 30)).toBe('recorded');
    expect(store.use('early', now + 10)).toBe('recorded');
    expect(store.use('middle', now + 20)).toBe('recorded');
    clock.advance(11);
    expect(store.use('d', now + 40)).toBe('recorded');
    expect(store.use('late', now + 30)).toBe('replayed');
    expect(store.use('middle', now + 20)).toBe('replayed');
    expect(store.use('e', now + 40)).toBe('full');
    clock.advance(10);
    expect(store.use('e', now + 40)).toBe('recorded');
  });

  it('removes one id at a time, so that no use waits for many and old ids stay as long as possible', () => {
    const { clock, store } = setUp(5);
    for (const id of ['a', 'b', 'c', 'd', 'e']) expect(store.use(id, now + 10)).toBe('recorded');
    clock.advance(11);
    expect(store.use('f', clock.now() + 10)).toBe('recorded');
    expect(store.size).toBe(5 - 2 + 1);
    clock.step(-11);
    expect(['c', 'd', 'e'].map((id) => store.use(id, now + 10))).toEqual(['replayed', 'replayed', 'replayed']);
  });

  it('keeps accepting ids at its capacity', () => {
    const { clock, store } = setUp(50 * 22);
    for (let second = 0; second < 200; second += 1) {
      const results = [...Array(50)].map((_, call) => store.use(`${second}-${call}`, clock.now() + 20));
      expect(new Set(results)).toEqual(new Set(['recorded']));
      clock.advance(1);
    }
    expect(store.size).toBeLessThanOrEqual(50 * 22);
  });

  it.each([7200, -7200, 86_400, -86_400])(
    'accepts new ids, and no used one, at once after a clock step of %i seconds was corrected',
    (seconds) => {
      const { clock, store } = setUp();
      expect(store.use('before', now + 20)).toBe('recorded');
      clock.step(seconds);
      expect(store.use('meanwhile', clock.now() + 20)).toBe('recorded');
      clock.step(-seconds);
      expect(store.use('new', clock.now() + 20)).toBe('recorded');
      expect(['before', 'new'].map((id) => store.use(id, clock.now() + 20))).toEqual(['replayed', 'replayed']);
      // The token of a time when the clock was ahead becomes valid when the right time gets there.
      clock.advance(Math.max(0, seconds));
      expect(store.use('meanwhile', clock.now() + 20)).toBe('replayed');
      expect(store.use('newer', clock.now() + 20)).toBe('recorded');
    },
  );

  it('rejects a used id when the clock is set back, at any time after its use', () => {
    const { clock, store } = setUp();
    expect(store.use('a', now + 20)).toBe('recorded');
    clock.advance(86_000);
    clock.step(-86_000);
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
    const wrong = clock as unknown as () => number;
    expect(() => createSingleUseStore({ capacity: 1, now: wrong })).toThrow('now must be a function');
    if (wrong === undefined) return;
    expect(() => createSingleUseStore({ capacity: 1, now: () => now, monotonicMs: wrong })).toThrow(
      'monotonicMs must be',
    );
  });
});
