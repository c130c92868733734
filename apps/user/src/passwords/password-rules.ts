import { dictionary } from '@zxcvbn-ts/language-common';

/** Bounds in Unicode code points of the normalised text. ASVS 5.0 6.2.1 and 6.2.9: at least 8, and 64 must be allowed. */
const minCharacters = 8;
const maxCharacters = 128;
/** The longest text that is normalised, in UTF-16 code units: normalising takes quadratic time in the worst case. */
const maxLength = 1000;
const tooShort = `must be at least ${minCharacters} characters`;
const tooLong = `must be at most ${maxCharacters} characters`;
/** The rule for passwords, in the words of the API document. */
export const passwordRule =
  `${minCharacters} to ${maxCharacters} characters (Unicode code points after NFKC); ` +
  'no NUL, not the e-mail address, not a common password.';
const words = (dictionary['passwords-common'] ?? []).map(String);
const common = new Set(words.filter((word) => word.length >= minCharacters));

/** Normalises a password, so that all ways to type the same characters give the same text. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Returns why a text cannot be a password under any rules, former ones included; `undefined` when it can. */
export function hashingProblem(password: string): string | undefined {
  if (password.length > maxLength) return tooLong;
  // All lone surrogates have the same UTF-8 replacement, so different texts would match.
  if (!password.isWellFormed()) return 'must be well-formed text';
  // bcrypt alone takes "a" and "a\0a" as equal.
  if (password.includes('\0')) return 'must not hold a NUL character';
  if (countCharacters(normalizePassword(password)) > maxCharacters) return tooLong;
  return undefined;
}

/** Returns why a text may not become the password of an account; `undefined` when it may. */
export function passwordProblem(password: string, email: string): string | undefined {
  const problem = hashingProblem(password);
  if (problem !== undefined) return problem;
  const normalized = normalizePassword(password);
  if (countCharacters(normalized) < minCharacters) return tooShort;
  if (normalized.toLowerCase() === email) return 'must not be the e-mail address';
  if (common.has(normalized.toLowerCase())) return 'is on a list of common passwords: choose another';
  return undefined;
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count += 1;
  return count;
}
