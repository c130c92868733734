import { describe, expect, it } from '@jest/globals';
import { wholeNumber } from './whole-number.ts';

describe('wholeNumber', () => {
  const port = wholeNumber({ min: 0, max: 65_535 });

  it.each([
    ['0', 0],
    ['4001', 4001],
    ['65535', 65_535],
  ])('reads %j', (text, value) => {
    expect(port.parse(text)).toBe(value);
  });

  it.each([
    '',
    ' 5',
    '5 ',
    '+5',
    '-1',
    '1e3',
    '0x10',
    '0b1',
    '5.0',
    '007',
    '65536',
    '1_000',
    '٥',
    'NaN',
    'Infinity',
    '5\n',
  ])('refuses %j', (text) => {
    expect(port.safeParse(text).error?.issues).toEqual([
      expect.objectContaining({ message: 'must be a whole number from 0 to 65535' }),
    ]);
  });

  it('refuses a value that is not text', () => {
    expect(port.safeParse(5).success).toBe(false);
  });
});
