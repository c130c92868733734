import { describe, expect, it } from '@jest/globals';
import { hashingProblem, passwordProblem } from './password-rules.ts';

const email = 'ada@example.com';
const short = 'must be at least 8 characters';
const long = 'must be at most 128 characters';
const isEmail = 'must not be the e-mail address';
const isCommon = 'is on a list of common passwords: choose another';

describe('passwordProblem', () => {
  it.each([
    ['nothing', '', short],
    ['7 characters', 'x7-Qr!a', short],
    ['8 characters', 'x7-Qr!aB', undefined],
    ['2 characters of 8 bytes', '🔐🗝', short],
    ['8 characters that are 7 in NFKC', 'cafe\u0301-qr', short],
    ['7 characters that are 8 in NFKC', 'x7-Qr!ﬁ', undefined],
    ['128 characters', 'x7-Qr!aB'.repeat(16), undefined],
    ['128 characters of 512 bytes', '🔐'.repeat(128), undefined],
    ['129 characters', `${'x7-Qr!aB'.repeat(16)}z`, long],
    ['129 characters beyond the basic plane', '🔐'.repeat(129), long],
    ['8 characters that are 144 in NFKC', 'ﷺ'.repeat(8), long],
    ['1001 code units', 'x7-Qr!aB'.repeat(126), long],
    // Normalising this takes seconds, so the length must be checked first.
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

describe('hashingProblem', () => {
  it.each(['', 'x', '🔐🗝', 'password123', email])('accepts %j, which may not be chosen any more', (password) => {
    expect(hashingProblem(password)).toBeUndefined();
  });
});
