import { dictionary } from '@zxcvbn-ts/language-common';

/** Characters are Unicode code points of the normalised text. ASVS 5.0 6.2.1 and 6.2.9: 8 at least, 64 must be allowed. */
const minCharacters = 8;
const maxCharacters = 128;
/** UTF-16 code units. Normalising takes quadratic time in the worst case: a longer text is not normalised. */
const maxLength = 1000;
const tooShort = `must be at least ${minCharacters} characters`;
const tooLong = `must be at most ${maxCharacters} characters`;
/** For the API document. */
export const passwordRule =
  `${minCharacters} to ${maxCharacters} characters (Unicode code points after NFKC); ` +
  'no NUL, not the e-mail address, not a common password.';
const words = (dictionary['passwords-common'] ?? []).map(String);
const common = new Set(words.filter((word) => word.length >= minCharacters));

/** One spelling of a password, however the keyboard composed it. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/** Why a text cannot be the password of any account, whatever the rules were when it was chosen, or `undefined`. */
export function hashingProblem(password: string): string | undefined {
  if (password.length > maxLength) return tooLong;
  // UTF-8 has one replacement for all lone surrogates.
  if (!password.isWellFormed()) return 'must be well-formed text';
  // bcrypt alone takes "a" and "a\0a" as equal.
  if (password.includes('\0')) return 'must not hold a NUL character';
  if (countCharacters(normalizePassword(password)) > maxCharacters) return tooLong;
  return undefined;
}

/** Why a text may not become the password of an account, or `undefined`. */
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
