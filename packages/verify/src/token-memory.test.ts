import { describe, expect, it } from '@jest/globals';
import { createTokenMemory } from './token-memory.ts';

const mebibyte = 2 ** 20;
/** Stands for claims with lists of 10 000 bytes. */
const withLists = 2;

function memoryOf(maxTokens: number, maxBytes = mebibyte) {
  const memory = createTokenMemory<number>({
    maxTokens,
    maxBytes,
    listBytes: (known) => (known === withLists ? 10_000 : 0),
  });
  const put = (token: string, known = 1) => {
    memory.set(token, known);
    memory.set(token, known);
  };
  const has = (token: string) => memory.get(token) !== undefined;
  return { memory, put, has };
}

describe('a memory of tokens', () => {
  it('returns the value that was set, under the whole token', () => {
    const { memory, put } = memoryOf(10);
    put('a.b.c', 1);
    put('a.b.d', 2);
    expect(['a.b.c', 'a.b.d', 'a.b', 'a.b.c ', ''].map((token) => memory.get(token))).toEqual([1, 2, ...Array(3)]);
  });

  it.each([1, 2, 3, 4, 5, 10, 11])('holds at most %d tokens, and at least half of them', (maxTokens) => {
    const { memory, put } = memoryOf(maxTokens);
    for (let index = 0; index < 100; index += 1) {
      put(`token-${index}`);
      const { tokens } = memory.size();
      expect(tokens).toBeLessThanOrEqual(maxTokens);
      expect(tokens).toBeGreaterThanOrEqual(Math.min(index + 1, Math.floor(maxTokens / 2)));
    }
  });

  it('keeps used tokens, with any number of others', () => {
    const { put, has } = memoryOf(10);
    put('used');
    put('unused');
    for (let index = 0; index < 100; index += 1) {
      put(`flood-${index}`);
      expect(has('used')).toBe(true);
    }
    expect(has('unused')).toBe(false);
  });

  it('holds at most the allowed bytes, and no token of more than half of them', () => {
    const { memory, put, has } = memoryOf(1000, 20_000);
    for (let index = 0; index < 100; index += 1) {
      put(`${index}`.padStart(1000, '.'));
      expect(memory.size().bytes).toBeLessThanOrEqual(20_000);
    }
    expect(memory.size().tokens).toBeGreaterThan(3);
    const before = memory.size();
    put('x'.repeat(5000));
    put('many entries', withLists);
    expect([has('x'.repeat(5000)), has('many entries')]).toEqual([false, false]);
    expect(memory.size()).toEqual(before);
  });

  it('counts a token once when it is set again, used or deleted', () => {
    const { memory, put, has } = memoryOf(4);
    put('a');
    const { bytes } = memory.size();
    for (const token of ['a', 'b', 'c']) put(token);
    // Set again and used while it is in the older half.
    put('a');
    expect(memory.size()).toEqual({ tokens: 3, bytes: 3 * bytes });
    expect(has('b')).toBe(true);
    expect(memory.size().bytes).toBe(memory.size().tokens * bytes);
    for (const token of ['a', 'b', 'c', 'c']) memory.delete(token);
    expect(memory.size()).toEqual({ tokens: 0, bytes: 0 });
  });

  it('stores a token that is set for the second time', () => {
    const { memory, has } = memoryOf(10);
    memory.set('a', 1);
    expect([has('a'), memory.size()]).toEqual([false, { tokens: 0, bytes: 0 }]);
    memory.set('a', 1);
    expect(has('a')).toBe(true);
  });

  it('distinguishes tokens with the same end', () => {
    const { memory, put, has } = memoryOf(10);
    const end = 'x'.repeat(100);
    put(`a${end}`);
    const before = memory.size();
    expect([has(`b${end}`), has(end)]).toEqual([false, false]);
    memory.delete(`b${end}`);
    expect([has(`a${end}`), memory.size()]).toEqual([true, before]);
    put(`b${end}`);
    expect([has(`a${end}`), has(`b${end}`), memory.size()]).toEqual([false, true, before]);
  });

  it('returns the value that was set last', () => {
    const { memory, put } = memoryOf(2);
    for (const [token, known] of [['a', 1] as const, ['b', 1] as const, ['a', 2] as const]) put(token, known);
    expect(memory.get('a')).toBe(2);
  });
});
