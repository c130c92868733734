import { describe, expect, it } from '@jest/globals';
import { orderOf, percentile, ratioOf, spreadOf } from './spread.ts';

describe('spreadOf', () => {
  it.each([
    [[3, 1, 2], { min: 1, lower: 1.5, median: 2, upper: 2.5, max: 3 }],
    [[4, 1, 2, 3], { min: 1, lower: 1.75, median: 2.5, upper: 3.25, max: 4 }],
    [[7], { min: 7, lower: 7, median: 7, upper: 7, max: 7 }],
    [[10, 9, 2], { min: 2, lower: 5.5, median: 9, upper: 9.5, max: 10 }],
    [[5, 1, 4, 2, 3], { min: 1, lower: 2, median: 3, upper: 4, max: 5 }],
  ])('of %j is %j', (values, expected) => {
    expect(spreadOf(values)).toEqual(expected);
  });
});

describe('ratioOf', () => {
  it('divides by the value of the same round', () => {
    // Twice as much in every round, though the second round was slow for both.
    expect(ratioOf([200, 20, 180], [100, 10, 90])).toMatchObject({ median: 2, min: 2, max: 2 });
    expect(ratioOf([2, 8, 6], [1, 4, 2])).toMatchObject({ lower: 2, median: 2, upper: 2.5 });
  });

  it('rejects lists of different length', () => {
    expect(() => ratioOf([1, 2], [1])).toThrow(RangeError);
  });
});

describe('percentile', () => {
  it.each([
    [0.5, 2],
    [0.51, 3],
    [0.99, 4],
    [1, 4],
  ])('of the share %d is %d', (share, expected) => {
    expect(percentile([4, 1, 3, 2], share)).toBe(expected);
  });
});

describe('orderOf', () => {
  it('starts each round with another one, and reverses every second round', () => {
    const rounds = [0, 1, 2, 3].map((round) => orderOf(['a', 'b', 'c'], round).join(''));
    expect(rounds).toEqual(['abc', 'acb', 'cab', 'cba']);
  });
});
