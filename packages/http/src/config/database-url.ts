import { isDecodable } from './redis-url.ts';

/** The supported parameters, each with its possible values. @auth/db has the same list, and checks it again. */
const supported: Readonly<Record<string, RegExp>> = {
  sslmode: /^(?:disable|require|verify-ca|verify-full|no-verify)$/,
  ssl: /^(?:true|false|1|0)$/,
  sslrootcert: /^/,
  sslcert: /^/,
  sslkey: /^/,
  sslnegotiation: /^(?:postgres|direct)$/,
  application_name: /^/,
  connect_timeout: /^[1-9]\d{0,3}$/,
  host: /^\//,
  schema: /^public$/,
};

const forRole = 'set it for the role (ALTER ROLE … SET …)';
const remove = 'remove it';

/** Advice for parameters that other clients support. */
const instead: Readonly<Record<string, string>> = {
  sslmode: 'say disable, require, verify-ca, verify-full or no-verify',
  ssl: 'say sslmode=verify-full or sslmode=disable',
  schema: 'the tables are in the schema public',
  pgbouncer: 'say DATABASE_POOLER=transaction',
  connection_limit: 'say DATABASE_POOL_MAX',
  statement_timeout: 'a statement may run 5 s',
  options: forRole,
  lock_timeout: forRole,
  user: 'write it in front of the host',
  password: 'write it in front of the host',
  port: 'write it behind the host',
  host: 'it can only be the folder of a Unix socket',
  target_session_attrs: 'a database that is read-only is not used',
  channel_binding: 'sslmode=verify-full proves which server answers',
};

/** Describes what is wrong with the URL of a Postgres database, as the end of a sentence; `undefined` for a valid URL. */
export function databaseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is not a postgres URL';
  const url = new URL(text);
  const { protocol, hostname, pathname, searchParams } = url;
  if (url.hash !== '') return 'holds a #: write it as %23';
  const host = hostname || searchParams.get('host') || '';
  if (!/^postgres(?:ql)?:$/.test(protocol) || host === '' || pathname.length < 2) return 'is not a postgres URL';
  if (hostname.includes(',')) return 'names several hosts: name one';
  if (![url.username, url.password, hostname, pathname].every(isDecodable))
    return 'holds a % that begins no escape: write it as %25';
  for (const [name, value] of searchParams) {
    const values = Object.hasOwn(supported, name) ? supported[name] : undefined;
    const isSupported = values?.test(value) === true && searchParams.getAll(name).length === 1;
    if (name === 'host' && hostname !== '') return 'names two hosts: remove the parameter host';
    if (!isSupported) return `has a parameter that is not supported, ${shown(name)}: ${instead[name] ?? remove}`;
  }
  return tlsProblem(searchParams);
}

/** Describes what is wrong with the combination of TLS parameters. */
function tlsProblem(given: URLSearchParams): string | undefined {
  const mode = given.get('sslmode') ?? undefined;
  const files = ['sslrootcert', 'sslcert', 'sslkey'].some((name) => given.get(name));
  if (given.has('ssl') && mode !== undefined) return 'has ssl and sslmode: remove ssl';
  if (mode === 'verify-ca' && !given.get('sslrootcert'))
    return 'has sslmode=verify-ca: name the authority with sslrootcert';
  const isOff = mode === 'disable' || /^(?:false|0)$/.test(given.get('ssl') ?? '');
  if (isOff && files) return 'has sslmode=disable: then no certificate is used';
  const isOn = !isOff && (mode !== undefined || given.has('ssl') || files);
  if (given.get('sslnegotiation') === 'direct' && !isOn) return 'has sslnegotiation=direct without an sslmode for TLS';
  return undefined;
}

/**
 * Returns a parameter name for a message. A name that is not a plain word is hidden: it may be part of an unescaped
 * password.
 */
const shown = (name: string): string => (/^[a-z_]{1,40}$/.test(name) ? name : 'after the question mark');
