import { describe, expect, it } from '@jest/globals';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['chekc', 'check'],
    ['rotat', 'rotate'],
    ['all', 'allow'],
    ['frobid', 'forbid'],
    ['x', undefined],
    ['', undefined],
    ['deploy', undefined],
    ['re', undefined],
  ])('finds for %j the name %j', (word, name) => {
    expect(nearest(word, ['check', 'rotate', 'retire', 'revoke', 'allow', 'forbid'])).toBe(name);
  });

  it('finds nothing among no names', () => expect(nearest('check', [])).toBeUndefined());
});
