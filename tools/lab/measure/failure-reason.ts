/**
 * Why nothing came back, in a word: `ECONNREFUSED`, or the whole message. By structure: an error of Node's core is no
 * `instanceof Error` in a realm of its own, as in Jest's.
 */
export function failureReason(error: unknown): string {
  for (const each of [error, memberOf(error, 'cause')]) {
    const code = memberOf(each, 'code');
    if (typeof code === 'string') return code;
  }
  return String(error);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
