import type { IncomingMessage } from 'node:http';

/**
 * Returns the values of a header field, one per line that was sent, in their order. `name` is in lower case. The raw
 * lines are read, because `req.headers` joins or drops a second line, and `req.headersDistinct` throws in older
 * versions of Node for a field called `__proto__` (CVE-2026-21710).
 */
export function headerValues({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (given.length === name.length && given.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}

/** Returns the value of a header field that was sent exactly once; `undefined` when it is missing or repeated. */
export function soleHeader(req: Pick<IncomingMessage, 'rawHeaders'>, name: string): string | undefined {
  const [value, second] = headerValues(req, name);
  return second === undefined ? value : undefined;
}
