import type { Row } from './rows.ts';
import { subjectOf } from './tokens.ts';

/**
 * Makes sure that a row does what it is measured for: a good token is let in and its user is handed
 * to the route, none and an altered one are not let in.
 *
 * @throws Error naming the row and what it answered
 */
export async function checkRow({ isOpen = false, title }: Row, url: string, token: string): Promise<void> {
  const expected: readonly (readonly [string, string | undefined, number])[] = [
    ['a good token', token, 200],
    ['no token', undefined, 401],
    ['an altered token', altered(token), 401],
  ];
  for (const [what, sent, status] of expected) {
    const wanted = isOpen ? 200 : status;
    const response = await fetch(url, { headers: sent === undefined ? {} : { authorization: `Bearer ${sent}` } });
    const body = await response.text();
    if (response.status !== wanted) {
      throw new Error(`${title} answered ${response.status} to ${what}, where ${wanted} was expected`);
    }
    if (status === 200 && !isOpen && (JSON.parse(body) as { user?: unknown }).user !== subjectOf(token)) {
      throw new Error(`${title} does not tell the route whose ${what} is`);
    }
  }
}

/** Another character in the middle of the signature's end, so that it is another signature and another session. */
function altered(token: string): string {
  const at = token.length - 20;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}
