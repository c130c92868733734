import { AuthError } from '../auth-error.ts';

/** The header lines of a request as Node's `rawHeaders` has them: names and values in turn, in the order they were sent. */
export type RawHeaders = readonly string[];

/**
 * Returns the values of a header field, one per line that was sent. `name` is in lower case. Reads `rawHeaders`:
 * `req.headers` joins or drops a second line, and `req.headersDistinct` throws in older versions of Node when a field
 * is called `__proto__` (CVE-2026-21710).
 */
export function headerValues(rawHeaders: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}

/**
 * Returns the only value of a header field; `undefined` without one. Builds no list, since it runs for each request.
 *
 * @throws AuthError `invalid_request` for a field that is repeated
 */
export function soleHeader(rawHeaders: RawHeaders, name: string): string | undefined {
  let value: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (given.length !== name.length || (given !== name && given.toLowerCase() !== name)) continue;
    if (value !== undefined) throw new AuthError('invalid_request', 'duplicate_header');
    value = rawHeaders[index + 1] ?? '';
  }
  return value;
}
