import { hash } from 'node:crypto';

const alphabet = /^[A-Za-z0-9_-]+$/;
// The unused low bits of the last character must be zero, else up to 16 texts decode to the same bytes (RFC 4648 §3.5).
const lastOfTwo = 'AQgw';
const lastOfThree = 'AEIMQUYcgkosw048';

/** Checks whether a text is the one canonical, unpadded base64url spelling of some bytes (RFC 7515 §2). */
export function isCanonicalBase64url(text: string): boolean {
  return alphabet.test(text) && hasCanonicalEnd(text);
}

/** Checks the length and the last character of a base64url text that begins at `start`. Does not check the alphabet. */
export function hasCanonicalEnd(text: string, start = 0): boolean {
  const last = text.charAt(text.length - 1);
  switch ((text.length - start) % 4) {
    case 0:
      return true;
    case 2:
      return lastOfTwo.includes(last);
    case 3:
      return lastOfThree.includes(last);
    default:
      return false;
  }
}

/** SHA-256 as 43 base64url characters: the form of `htd` and `ath`. */
export function sha256Base64url(content: string | Uint8Array): string {
  return hash('sha256', content, 'base64url');
}
