import type { Row } from './rows.ts';

/**
 * Makes sure that a row does what it is measured for: a good token is let in, none and an altered one are not.
 *
 * @throws Error naming the row and what it answered
 */
export async function checkRow({ key, title }: Row, url: string, token: string): Promise<void> {
  const expected: readonly (readonly [string, string | undefined, number])[] = [
    ['a good token', token, 200],
    ['no token', undefined, 401],
    ['an altered token', altered(token), 401],
  ];
  for (const [what, sent, status] of expected) {
    const wanted = key === 'open' ? 200 : status;
    const response = await fetch(url, { headers: sent === undefined ? {} : { authorization: `Bearer ${sent}` } });
    await response.arrayBuffer();
    if (response.status !== wanted) {
      throw new Error(`${title} answered ${response.status} to ${what}, where ${wanted} was expected`);
    }
  }
}

/** Another character in the middle of the signature's end, so that it is another signature and another session. */
function altered(token: string): string {
  const at = token.length - 20;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}
