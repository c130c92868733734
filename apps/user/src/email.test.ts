import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalizeEmail } from './email.ts';

describe('a normalised e-mail', () => {
  it.each([
    [' Ada@Example.COM\n', 'ada@example.com'],
    ['ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com'],
    ['mi\u212ae@example.com', 'mike@example.com'],
    ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
  ])('of %j is %j', (email, expected) => {
    expect(normalizeEmail(email)).toBe(expected);
  });

  it('is its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = normalizeEmail(text);
        expect(normalizeEmail(once)).toBe(once);
      }),
    );
  });
});
