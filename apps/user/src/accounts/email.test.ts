import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emailProblem, normalizeEmail } from './email.ts';

describe('normalizeEmail', () => {
  it.each([
    [' Ada@Example.COM\n', 'ada@example.com'],
    ['ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ada@example.com'],
    ['mi\u212ae@example.com', 'mike@example.com'],
    ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['user@Пример.РФ', 'user@xn--e1afmkfd.xn--p1ai'],
    ['user@XN--E1AFMKFD.xn--p1ai', 'user@xn--e1afmkfd.xn--p1ai'],
    ['user@Straße.example', 'user@xn--strae-oqa.example'],
    ['user@例え。jp', 'user@xn--r8jz45g.jp'],
    ['user@127.1', 'user@127.1'],
    ['user@0x7f.1', 'user@0x7f.1'],
  ])('of %j is %j', (email, expected) => {
    expect(normalizeEmail(email)).toBe(expected);
  });

  it('does not change a normalised e-mail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (local, domain) => {
        const once = normalizeEmail(`${local}@${domain}`);
        expect(normalizeEmail(once)).toBe(once);
      }),
    );
  });
});

const long = (length: number) => `${'a'.repeat(length - '@example.com'.length)}@example.com`;

describe('emailProblem', () => {
  it.each([
    'ada@example.com',
    'r&d@example.com',
    'a/b=c@example.com',
    "o'brien@example.ie",
    'ada+shop@example.com',
    'first.last@sub.example.co.uk',
    "!#$%&'*+/=?^_`{|}~-@example.com",
    '1234567890@example.com',
    '-@example.com',
    // HTML says yes where RFC 5321 says no.
    '.ada@example.com',
    'ada.@example.com',
    'a..b@example.com',
    'ada@localhost',
    'ada@intranet',
    'ada@1.2.3.4',
    'ada@example.museum',
    'ada@a-b.example',
    'user@xn--e1afmkfd.xn--p1ai',
    'user@пример.рф',
    'ada@bücher.example',
    `ada@${'a'.repeat(63)}.example`,
    long(254),
  ])('accepts %s', (email) => {
    expect(emailProblem(normalizeEmail(email))).toBeUndefined();
  });

  it.each([
    '',
    '@',
    'ada',
    'ada@',
    '@example.com',
    'ada@@example.com',
    'ada@eve@example.com',
    'ada lovelace@example.com',
    '"ada"@example.com',
    '"ada lovelace"@example.com',
    'ada@[127.0.0.1]',
    'ada@[IPv6:::1]',
    'ada@example.com.',
    'ada@.example.com',
    'ada@example..com',
    'ada@-example.com',
    'ada@example-.com',
    'ada@exa_mple.com',
    'ada@example.com,eve@example.com',
    'Ada <ada@example.com>',
    'ada@example.com\nbcc: eve@example.com',
    'ada@example.com\0',
    'a\0@example.com',
    'ada(comment)@example.com',
    'a;b@example.com',
    'ada@\ud800.example',
    'ada@пример .рф',
    `ada@${'a'.repeat(64)}.example`,
    long(255),
    long(2000),
  ])('rejects %j', (email) => {
    expect(emailProblem(normalizeEmail(email))).toBeDefined();
  });

  it.each(['josé@example.com', '用户@example.com', 'user\u200b@пример.рф', '\ud800@example.com'])(
    'rejects %j, and names the characters in front of the @',
    (email) => {
      expect(emailProblem(normalizeEmail(email))).toBe('must have only ASCII characters in front of the @');
    },
  );
});
