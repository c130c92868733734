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
  const lines = Array.isArray(headers) && isTexts(headers) ? headers : listOf(headers);
  if (lines.length % 2 !== 0 || !isTexts(lines)) throw new TypeError(wrongForm);
  return lines;
}

const wrongForm = 'headers must be names with values: rawHeaders, Headers, or an object of strings and lists';

function isTexts(parts: readonly unknown[]): parts is readonly string[] {
  return parts.every((part) => typeof part === 'string');
}

/** Returns names and values in turn. They need not be strings yet. */
function listOf(headers: RequestHeaders): unknown[] {
  if (typeof headers !== 'object' || headers === null) throw new TypeError(wrongForm);
  const lines: unknown[] = [];
  if (Symbol.iterator in headers) {
    for (const pair of headers) {
      if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError(wrongForm);
      lines.push(...pair);
    }
    return lines;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) lines.push(name, one);
  }
  return lines;
}
