/** Fields about one connection, which are never forwarded (RFC 9110 §7.6.1), and older ones of this kind. */
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

/** Returns the lower-case names of the fields that a `Connection` header declares as fields of this connection. */
export function namedByConnection(value: string | undefined): ReadonlySet<string> {
  // Nearly every message has one of these values, and they name no field.
  if (value === undefined || value === 'keep-alive' || value === 'close') return none;
  return new Set(value.split(',').map((name) => name.trim().toLowerCase()));
}

/** Returns whether a name cannot be taken for another: some servers read `X_User`, or `X.User`, as `X-User`. */
export function isPlainFieldName(lowerCase: string): boolean {
  return /^[a-z\d-]+$/.test(lowerCase);
}
