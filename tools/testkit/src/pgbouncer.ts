import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { postgresAccount } from '@auth/dev/postgres/account';
import { freePort } from '@auth/dev/postgres/free-port';
import { guard } from './redis-server.ts';

/** A PgBouncer for tests, in front of one Postgres server. */
export interface PgBouncer {
  readonly port: number;
  /** The URL of a database of the server, through PgBouncer. */
  url(database: string): string;
  /** Stops PgBouncer and every connection through it. Resolves when its port is free again. */
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  /** A URL of the server. PgBouncer knows only its user and password. */
  readonly target: string;
  /** `transaction` unless given. */
  readonly poolMode?: 'transaction' | 'session';
  /** More lines of pgbouncer.ini, by name. All other settings have their defaults. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Debian installs PgBouncer in a folder outside an ordinary user's PATH. */
const commands = ['pgbouncer', '/usr/sbin/pgbouncer'];

const findPgBouncer = (): string | undefined =>
  commands.find((command) => spawnSync(command, ['--version']).status === 0);

/** Whether PgBouncer is installed. */
export function hasPgBouncer(): boolean {
  return findPgBouncer() !== undefined;
}

/** Reports which tests are skipped because PgBouncer is not installed, and returns whether they are. */
export function skipsWithoutPgBouncer(what: string): boolean {
  const isThere = hasPgBouncer();
  const how = 'To run it, install it (Debian, Ubuntu: apt-get install pgbouncer)';
  if (!isThere) stderr.write(`SKIPPED, no PgBouncer is here: ${what}. ${how}\n`);
  return !isThere;
}

/** Starts a PgBouncer on a free port. @throws Error with the output of PgBouncer, when it does not start */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  const command = findPgBouncer();
  if (command === undefined) throw new Error('There is no PgBouncer: apt-get install pgbouncer');
  const port = await freePort();
  const dir = await writeConfig(port, options);
  // PgBouncer refuses to run as root. It runs as the same account as the Postgres of the tests.
  const account = postgresAccount();
  const child = spawn('sh', ['-c', guard, 'sh', command, join(dir, 'pgbouncer.ini')], {
    ...account,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (said.includes('process up')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`pgbouncer did not start:\n${said}`)));
  });
  return {
    port,
    url(database) {
      const url = new URL(options.target);
      Object.assign(url, { hostname: '127.0.0.1', port: String(port), pathname: `/${database}` });
      return url.href;
    },
    async stop() {
      child.stdin.end();
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Writes pgbouncer.ini and the list of users into a new folder. */
async function writeConfig(port: number, { target, poolMode = 'transaction', settings }: PgBouncerOptions) {
  const { hostname, port: targetPort, username, password } = new URL(target);
  const dir = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  const users = join(dir, 'userlist.txt');
  const values = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: password === '' ? 'trust' : 'md5',
    auth_file: users,
    pool_mode: poolMode,
    ...settings,
  };
  const ini = [
    '[databases]',
    `* = host=${hostname} port=${targetPort || 5432}`,
    '[pgbouncer]',
    ...Object.entries(values).map(([name, value]) => `${name} = ${value}`),
  ];
  await writeFile(join(dir, 'pgbouncer.ini'), `${ini.join('\n')}\n`);
  await writeFile(users, `${quoted(decodeURIComponent(username))} ${quoted(decodeURIComponent(password))}\n`);
  const { uid, gid } = postgresAccount();
  if (uid !== undefined && gid !== undefined) await chown(dir, uid, gid);
  await chmod(dir, 0o755);
  return dir;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
