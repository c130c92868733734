import { describe, expect, it } from '@jest/globals';
import { hashingProblem, passwordProblem } from './password-rules.ts';

const email = 'ada@example.com';
const short = 'must be at least 8 bytes of UTF-8';
const long = 'must be at most 72 bytes of UTF-8';
const isEmail = 'must not be the e-mail address';
const isCommon = 'is on a list of common passwords: choose another';

describe('a new password', () => {
  it.each([
    ['nothing', '', short],
    ['7 bytes', 'x7-Qr!a', short],
    ['8 bytes', 'x7-Qr!aB', undefined],
    ['8 bytes of 2 characters', '🔐🗝', undefined],
    ['72 bytes', 'x7-Qr!aB'.repeat(9), undefined],
    ['72 bytes of 18 characters', '🔐'.repeat(18), undefined],
    ['73 bytes', `${'x7-Qr!aB'.repeat(9)}z`, long],
    ['12 bytes that are 132 in NFKC', 'ﷺ'.repeat(4), long],
    // Normalising this takes seconds, so it must not be reached.
    ['100 kB of marks in the worst order', '\u0301'.repeat(24_500) + '\u0316'.repeat(24_500), long],
    ['a NUL', 'x7-Qr!aB\0', 'must not hold a NUL character'],
    ['half an emoji', 'x7-Qr!aB\ud83d', 'must be well-formed text'],
    ['the e-mail', 'ada@example.com', isEmail],
    ['the e-mail in capitals', 'ADA@EXAMPLE.COM', isEmail],
    ['the e-mail in wide letters', 'ａｄａ@example.com', isEmail],
    ['a common word', 'password123', isCommon],
    ['a common word in capitals', 'PassWord123', isCommon],
    ['a common word in wide letters', 'ｐassword123', isCommon],
    ['a common word with more behind it', 'password123 and more', undefined],
  ])('of %s', (_case, password, problem) => {
    expect(passwordProblem(password, email)).toBe(problem);
  });
});

describe('a password that is typed', () => {
  it.each(['', 'x', 'password123', email])('may be hashed although it could not be chosen: %j', (password) => {
    expect(hashingProblem(password)).toBeUndefined();
  });
});
