import { dictionary } from '@zxcvbn-ts/language-common';

/** bcrypt reads no further: a longer password is refused, never cut. */
const maxBytes = 72;
const minBytes = 8;
const maxLength = 1000;
const tooLong = `must be at most ${maxBytes} bytes of UTF-8`;
const common = new Set((dictionary['passwords-common'] ?? []).map(String).filter((word) => word.length >= minBytes));

/** One spelling of a password, however the keyboard composed it. */
export function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Why a text cannot be hashed as it is, or `undefined`. bcrypt takes "a" and "a\0a" as equal, all lone surrogates as
 * one character, and everything behind 72 bytes as absent.
 */
export function hashingProblem(password: string): string | undefined {
  // Normalising takes quadratic time in the worst case: nothing this long gets that far.
  if (password.length > maxLength) return tooLong;
  if (!password.isWellFormed()) return 'must be well-formed text';
  if (password.includes('\0')) return 'must not hold a NUL character';
  if (Buffer.byteLength(normalizePassword(password)) > maxBytes) return tooLong;
  return undefined;
}

/** Why a text may not become the password of an account, or `undefined`. */
export function passwordProblem(password: string, email: string): string | undefined {
  const problem = hashingProblem(password);
  if (problem !== undefined) return problem;
  const normalized = normalizePassword(password);
  if (Buffer.byteLength(normalized) < minBytes) return `must be at least ${minBytes} bytes of UTF-8`;
  if (normalized.toLowerCase() === email) return 'must not be the e-mail address';
  if (common.has(normalized.toLowerCase())) return 'is on a list of common passwords: choose another';
  return undefined;
}
