/** Names of members whose value is never logged, at any depth: `Service-Token`, `newPassword` … */
const SECRET_NAME =
  /(?:authorization|cookie|password|passwd|password_?hash|token|secret|api[-_]?key|private[-_]?key|auth_keys)s?$/i;

/**
 * Secrets inside longer texts: a JWS, a bcrypt hash, the password of a connection URL.
 * Each pattern has one possible start per run of characters, so that no input makes it slow.
 */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '[token]'],
  [/\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g, '[hash]'],
  [/:\/\/([^\s:@/"]*):[^\s@/"]+@/g, '://$1:[redacted]@'],
];

/**
 * Matches every line with something to mask, and few request lines. A backslash matches too: an escape can
 * hide a secret from this pattern, but not from the parser.
 */
const SUSPICIOUS = /authorization|cookie|passw|token|secret|key|eyJ|\$2|:\/\/|\\/i;

/** Masks one line of JSON: the values of secret members, at any depth, and secret texts. */
export function redactLine(line: string): string {
  if (!SUSPICIOUS.test(line)) return line;
  const value: unknown = JSON.parse(line, (name, member: unknown) => (SECRET_NAME.test(name) ? '[redacted]' : member));
  return `${redactText(JSON.stringify(value))}\n`;
}

/** Masks everything in a text that looks like a token, a password hash or a URL password. */
export function redactText(text: string): string {
  return SECRET_TEXTS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
