import { domainToASCII } from 'node:url';

/** RFC 5321 §4.5.3.1.3, without the angle brackets. */
const maxLength = 254;
const onlyAscii = /^[\0-\x7f]*$/;
/** WHATWG HTML, "valid email address", as browsers use it for `<input type=email>`. Normalised: no capital letters. */
const valid =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * One spelling of an e-mail address for each mailbox, so that one address is one account: trimmed, NFKC, lower case, and a
 * Unicode domain in its ASCII form (`xn--…`), as browsers send it.
 */
export function normalizeEmail(email: string): string {
  // Trimmed last: compatibility characters may stand for a space. Composed again: lower case may take a letter apart.
  const text = email.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  // A domain in ASCII stays as it is: as the host of a URL, "127.1" would become another.
  if (at < 0 || onlyAscii.test(domain)) return text;
  const ascii = domainToASCII(domain);
  return ascii === '' ? text : `${text.slice(0, at)}@${ascii}`;
}

/**
 * Why a normalised text is no e-mail address, or `undefined`. The part in front of the `@` must be ASCII: browsers accept
 * no other, and mail to it is not delivered everywhere (RFC 6531). Does not check whether there is such a domain or
 * mailbox: `ada@localhost` is an address.
 */
export function emailProblem(email: string): string | undefined {
  if (email.length > maxLength) return `must be at most ${maxLength} characters`;
  const local = email.slice(0, Math.max(0, email.lastIndexOf('@')));
  if (!onlyAscii.test(local)) return 'must have only ASCII characters in front of the @';
  return valid.test(email) ? undefined : 'must be an e-mail address such as ada@example.com';
}
