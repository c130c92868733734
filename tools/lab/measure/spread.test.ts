import { describe, expect, it } from '@jest/globals';
import { ratioOf, spreadOf } from './spread.ts';

describe('spreadOf', () => {
  it.each([
    [[3, 1, 2], { median: 2, min: 1, max: 3 }],
    [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4 }],
    [[7], { median: 7, min: 7, max: 7 }],
    [[10, 9, 2], { median: 9, min: 2, max: 10 }],
  ])('of %j is %j', (values, expected) => {
    expect(spreadOf(values)).toEqual(expected);
  });
});

describe('ratioOf', () => {
  it('compares what is of the same run', () => {
    // Twice as much in every run, though the second run was slow for both.
    expect(ratioOf([200, 20, 180], [100, 10, 90])).toEqual({ median: 2, min: 2, max: 2 });
  });

  it('refuses two that are not of the same runs', () => {
    expect(() => ratioOf([1, 2], [1])).toThrow(RangeError);
  });
});
