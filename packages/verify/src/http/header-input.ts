import type { RawHeaders } from './header-values.ts';

/**
 * The header fields of a request: Node's `rawHeaders`, pairs of name and value such as a `Headers` object, or an object of
 * names and values with a list for a field that was sent more than once.
 */
export type RequestHeaders =
  | RawHeaders
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Returns header fields as one list of names and values. Joins and drops nothing, so that a repeated field is seen.
 *
 * @throws TypeError for any other form, without the fields in its message
 */
export function toRawHeaders(headers: RequestHeaders): RawHeaders {
  const lines = isFlat(headers) ? headers : listOf(headers);
  if (lines.length % 2 !== 0 || !isTexts(lines)) throw new TypeError(wrongForm);
  return lines;
}

const wrongForm = 'headers must be names with values: rawHeaders, Headers, or an object of strings and lists';

function isFlat(headers: RequestHeaders): headers is RawHeaders {
  return Array.isArray(headers) && isTexts(headers);
}

function isTexts(parts: readonly unknown[]): boolean {
  return parts.every((part) => typeof part === 'string');
}

function listOf(headers: Exclude<RequestHeaders, RawHeaders>): string[] {
  if (typeof headers !== 'object' || headers === null) throw new TypeError(wrongForm);
  if (isPairs(headers)) {
    const lines: string[] = [];
    for (const [name, value] of headers) lines.push(name, value);
    return lines;
  }
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return typeof value === 'string' ? [name, value] : value.flatMap((one) => [name, one]);
  });
}

function isPairs(headers: object): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers;
}
