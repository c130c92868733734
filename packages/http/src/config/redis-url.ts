/** The values of the parameter `family`: 4 or 6 for one IP version alone, 0 for both. */
const family = /^[046]$/;

/** Advice for parameters that other clients support. */
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
 * Describes what is wrong with the URL of a Redis server, as the end of a sentence; `undefined` for a valid URL. The
 * client reads any parameter as one of its own options, which could override what the services rely on. `more` are
 * parameters that the caller supports.
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
    const isSupported = more.includes(name) ? value !== '' : name === 'family' && family.test(value);
    if (!isSupported) return `has a parameter that is not supported, ${shown(name)}: ${adviceFor(name)}`;
  }
  return undefined;
}

const adviceFor = (name: string): string => (Object.hasOwn(instead, name) && instead[name]) || 'remove it';

/**
 * Returns a parameter name for a message. A name that is not a plain word is hidden: it may be part of an unescaped
 * password.
 */
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
