import { expect, it } from '@jest/globals';
import { randomId } from './random-id.ts';

it('creates unique ids of 128 bits, also over many pools', () => {
  const ids = Array.from({ length: 10_000 }, randomId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{21}[AQgw]$/);
});

it('creates ids in which each bit is set half of the time', () => {
  const set = new Array<number>(128).fill(0);
  const count = 10_000;
  for (let index = 0; index < count; index += 1) {
    const bytes = Buffer.from(randomId(), 'base64url');
    for (const bit of set.keys()) set[bit] = (set[bit] ?? 0) + (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1);
  }
  // Six standard deviations: by chance once in millions of runs.
  for (const times of set) expect(Math.abs(times - count / 2)).toBeLessThan(300);
});
