/** Fields about one connection, never to be passed on (RFC 9110 §7.6.1), and older ones like them. */
export const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

const none: ReadonlySet<string> = new Set();

/** The lower-case names of the fields that a `Connection` header declares to be about this connection as well. */
export function namedByConnection(value: string | undefined): ReadonlySet<string> {
  // What nearly every message says, and it names nothing.
  if (value === undefined || value === 'keep-alive' || value === 'close') return none;
  return new Set(value.split(',').map((name) => name.trim().toLowerCase()));
}

/** Names in which nobody finds another: some servers read `X_User`, or `X.User`, as `X-User`. */
export function isPlainFieldName(lowerCase: string): boolean {
  return /^[a-z\d-]+$/.test(lowerCase);
}
