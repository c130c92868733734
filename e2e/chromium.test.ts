import { describe, expect, it } from '@jest/globals';
import { findChromium } from './chromium.ts';

describe('findChromium', () => {
  it.each([
    ['the first that is there', [undefined, '/no/chromium', process.execPath, __filename], process.execPath],
    ['none where none is', [undefined, '/no/chromium'], undefined],
  ])('finds %s', (_case, candidates, expected) => {
    expect(findChromium(candidates)).toBe(expected);
  });
});
