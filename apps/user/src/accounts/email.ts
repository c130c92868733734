import { domainToASCII } from 'node:url';

/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const maxLength = 254;
const onlyAscii = /^[\0-\x7f]*$/;
/** "Valid email address" of WHATWG HTML, which browsers use for `<input type=email>`, without capital letters. */
const valid =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * Normalises an e-mail address, so that all spellings of one address are one account: trimmed, NFKC, lower case, and a
 * Unicode domain in its ASCII form (`xn--…`), as browsers send it.
 */
export function normalizeEmail(email: string): string {
  // Trimmed last, since compatibility characters may become a space. NFKC again, since lower case may decompose a letter.
  const text = email.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  // An ASCII domain stays unchanged: `domainToASCII` would turn "127.1" into "127.0.0.1".
  if (at < 0 || onlyAscii.test(domain)) return text;
  const ascii = domainToASCII(domain);
  return ascii === '' ? text : `${text.slice(0, at)}@${ascii}`;
}

/**
 * Returns why a normalised text is no e-mail address; `undefined` when it is one. The part in front of the `@` must be
 * ASCII: browsers accept no other, and some servers do not deliver to others (RFC 6531). It does not check that the domain
 * or the mailbox exists: `ada@localhost` is an address.
 */
export function emailProblem(email: string): string | undefined {
  if (email.length > maxLength) return `must be at most ${maxLength} characters`;
  const local = email.slice(0, Math.max(0, email.lastIndexOf('@')));
  if (!onlyAscii.test(local)) return 'must have only ASCII characters in front of the @';
  return valid.test(email) ? undefined : 'must be an e-mail address such as ada@example.com';
}
