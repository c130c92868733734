import { readFileSync } from 'node:fs';

/** The location of a database and how to connect to it, as options of node-postgres. */
export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user?: string;
  readonly password?: string;
  /** `false` for no TLS: never left to the environment. */
  readonly ssl: false | TlsOptions;
  readonly sslnegotiation?: 'postgres' | 'direct';
  readonly application_name?: string;
  /** The `connect_timeout` of the URL. */
  readonly connectionTimeoutMillis?: number;
}

interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly checkServerIdentity?: () => undefined;
}

/** An unusable database URL. The message repeats nothing of the URL but names of parameters. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
  /** EX_CONFIG of sysexits.h. */
  readonly exitCode = 78;
}

/**
 * The supported parameters. Any other one is refused: node-postgres would ignore it silently, and some of them, such as
 * `channel_binding=require`, are set for security.
 */
const parameters = new Set([
  'sslmode',
  'ssl',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'application_name',
  'connect_timeout',
  'host',
  'schema',
]);

/** Reads a database URL. @throws DatabaseUrlError */
export function parseDatabaseUrl(text: string): ConnectionTarget {
  const shape = 'postgresql://user:password@host:5432/name, with %-escapes in the password';
  if (!URL.canParse(text)) throw new DatabaseUrlError(`The database's URL has another form than ${shape}`);
  const url = new URL(text);
  if (!/^postgres(?:ql)?:$/.test(url.protocol)) throw new DatabaseUrlError(`The database's URL is not ${shape}`);
  // The rest of a password that was not escaped.
  if (url.hash !== '') throw new DatabaseUrlError("The database's URL holds a #: write it as %23");
  const given = (name: string) => url.searchParams.get(name) || undefined;
  for (const name of url.searchParams.keys()) {
    if (!parameters.has(name)) throw refused(name, 'is not honoured: remove it');
    if (url.searchParams.getAll(name).length > 1) throw refused(name, 'is given twice');
  }
  if ((given('schema') ?? 'public') !== 'public') throw refused('schema', 'can only be public: the tables are there');
  const [hostname, folder] = [decode(url.hostname.replace(/^\[(.+)\]$/, '$1')), given('host')];
  if (hostname.includes(',')) throw new DatabaseUrlError("The database's URL names several hosts: name one");
  if (folder !== undefined && (hostname !== '' || !folder.startsWith('/')))
    throw refused('host', 'can only be the folder of a Unix socket, and then no other host is named');
  const host = hostname || folder;
  const database = decode(url.pathname.slice(1));
  if (host === undefined || database === '') throw new DatabaseUrlError(`The database's URL names no host or database`);
  const [user, password] = [decode(url.username), decode(url.password)];
  const [negotiation, applicationName, timeout] = [
    given('sslnegotiation'),
    given('application_name'),
    given('connect_timeout'),
  ];
  const ssl = tlsOf(given);
  if (negotiation !== undefined && negotiation !== 'postgres' && (negotiation !== 'direct' || ssl === false))
    throw refused('sslnegotiation', 'must be postgres, or direct together with an sslmode that asks for TLS');
  if (timeout !== undefined && !/^[1-9]\d{0,3}$/.test(timeout))
    throw refused('connect_timeout', 'must be a whole number of seconds');
  return {
    host,
    port: Number(url.port || 5432),
    database,
    ssl,
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password }),
    ...(negotiation === undefined ? {} : { sslnegotiation: negotiation as 'postgres' | 'direct' }),
    ...(applicationName === undefined ? {} : { application_name: applicationName }),
    ...(timeout === undefined ? {} : { connectionTimeoutMillis: Number(timeout) * 1000 }),
  };
}

/** The TLS options of `sslmode`. `prefer` and `allow` are refused: an attacker on the network could choose no TLS. */
function tlsOf(given: (name: string) => string | undefined): false | TlsOptions {
  const aliases: Readonly<Record<string, string>> = { true: 'require', 1: 'require', false: 'disable', 0: 'disable' };
  const [ssl, mode] = [given('ssl'), given('sslmode')];
  if (ssl !== undefined && (mode !== undefined || aliases[ssl] === undefined))
    throw refused('ssl', 'must be true or false, without sslmode');
  const files = { ca: given('sslrootcert'), cert: given('sslcert'), key: given('sslkey') };
  const named = Object.values(files).some((file) => file !== undefined);
  const wanted = mode ?? aliases[ssl ?? ''] ?? (named ? 'verify-full' : 'disable');
  switch (wanted) {
    case 'disable':
      if (named) throw refused('sslmode', 'is disable: then no certificate is used');
      return false;
    case 'no-verify':
      return { rejectUnauthorized: false, ...readFiles({ ...files, ca: undefined }) };
    case 'verify-ca':
      if (files.ca === undefined) throw refused('sslmode', 'is verify-ca: name the authority with sslrootcert');
      return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...readFiles(files) };
    case 'require':
    case 'verify-full':
      return { rejectUnauthorized: true, ...readFiles(files) };
    default:
      throw refused('sslmode', 'must be disable, require, verify-ca, verify-full or no-verify');
  }
}

/** The contents of the files. `system` stands for the authorities that Node trusts by itself. */
function readFiles(files: Readonly<Record<'ca' | 'cert' | 'key', string | undefined>>) {
  const named = Object.entries(files).filter(([, file]) => file !== undefined && file !== 'system');
  return Object.fromEntries(named.map(([member, file]) => [member, readText(member, file ?? '')]));
}

function readText(member: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw refused(member === 'ca' ? 'sslrootcert' : `ssl${member}`, 'names a file that cannot be read');
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError("The database's URL holds a % that begins no escape: write it as %25");
  }
}

const refused = (name: string, why: string) =>
  new DatabaseUrlError(`The parameter ${name} of the database's URL ${why}`);
