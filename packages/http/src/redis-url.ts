/** Of addresses: 4 or 6 for one kind alone, 0 for both. */
const family = /^[046]$/;

/** What to do instead of a parameter that others honour. */
const instead: Readonly<Record<string, string>> = {
  family: 'say 0, 4 or 6',
  db: 'write the number behind the host: redis://host:6379/1',
  username: 'write it in front of the host',
  password: 'write it in front of the host',
  tls: 'say rediss://',
  ssl: 'say rediss://',
  ssl_cert_reqs: 'the certificate must be trusted: see NODE_EXTRA_CA_CERTS of Node',
};

/**
 * What is wrong with the URL of a Redis server, as the end of a sentence; `undefined` when nothing is. The client would
 * take any parameter for an option of its own, and so undo what the services rely on. `more` are parameters with a
 * meaning to the reader of the setting.
 */
export function redisUrlProblem(text: string, more: readonly string[] = []): string | undefined {
  if (!URL.canParse(text)) return 'is not a redis URL';
  const { protocol, hostname, username, password, pathname, hash, searchParams } = new URL(text);
  if (!/^rediss?:$/.test(protocol) || hostname === '') return 'is not a redis URL';
  if (hash !== '' || text.trim().endsWith('#')) return 'holds a #: write it as %23';
  if (![username, password].every(isDecodable)) return 'holds a % that begins no escape: write it as %25';
  if (!/^\/?\d{0,4}$/.test(pathname)) return 'has a path that is no number of a database: redis://host:6379/0';
  for (const [name, value] of searchParams) {
    if (searchParams.getAll(name).length > 1) return `has a parameter twice, ${shown(name)}: remove one`;
    const isHonoured = more.includes(name) ? value !== '' : name === 'family' && family.test(value);
    if (!isHonoured) return `has a parameter that is not honoured, ${shown(name)}: ${mendOf(name)}`;
  }
  return undefined;
}

const mendOf = (name: string): string => (Object.hasOwn(instead, name) && instead[name]) || 'remove it';

/** A name that is no word may be a part of a password that was not escaped. */
const shown = (name: string): string => (/^[a-z_]{1,40}$/.test(name) ? name : 'after the question mark');

/** Whether every % begins an escape of UTF-8. */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
