import { resolve } from 'node:path';
import { DatabaseUrlError, parseDatabaseUrl as readDatabaseUrl } from '@auth/db/connection';
import { developmentVariables } from '@auth/ops/development-variables';
import { type PoolerSettings, readPoolerSettings } from './direct-urls.ts';
import { LaunchError } from './launch-error.ts';
import {
  type DatabaseName,
  databaseNames,
  databaseSetting,
  directDatabaseSetting,
  repositoryRoot,
  serviceNames,
  urlSetting,
} from './services.ts';

const { PORT_BASE, DATA_DIR } = developmentVariables;

/** The settings of a developer. */
export interface Settings {
  /** The port of the gateway. Services use the next ones: user base + 1, product base + 2, order base + 3, and so on. */
  portBase: number;
  /** Absolute path of the folder that keeps the keys and the embedded Postgres between runs. */
  dataDir: string;
  /** The databases in place of the embedded ones. */
  databaseUrls: Partial<Record<DatabaseName, string>>;
  /** The pooler in front of those databases. */
  pooling: PoolerSettings;
  /** The rest of the environment, passed to each service. */
  environment: Record<string, string>;
}

/** Variables that the launcher sets for each service: values of the developer's shell are ignored. */
const setPerService = [
  'PORT',
  'HOST',
  'ADMIN_PORT',
  'ADMIN_HOST',
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_POOLER',
  'AUTH_KEYS',
  'AUTH_KEYS_FILE',
  'PUBLIC_ORIGIN',
  ...serviceNames.map(urlSetting),
];
const setForUs = [
  'PORT_BASE',
  'DATA_DIR',
  ...databaseNames.flatMap((name) => [databaseSetting(name), directDatabaseSetting(name)]),
];
/** Variables of colour. One of them is set again from what the terminal can show; Node warns about both. */
const colourSettings = ['NO_COLOR', 'FORCE_COLOR'];

/** Reads the settings of `pnpm dev`. An empty variable counts as absent. @throws LaunchError with exit code 78 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  if (env['NODE_ENV'] === 'production') {
    refuse(
      'NODE_ENV=production: pnpm dev creates demo users with known passwords and development keys, so it does not run there. ' +
        'Unset NODE_ENV to run it on a machine of your own',
    );
  }
  const databaseUrls: Settings['databaseUrls'] = {};
  for (const name of databaseNames) {
    const url = env[databaseSetting(name)];
    if (url) databaseUrls[name] = parseDatabaseUrl(databaseSetting(name), url);
  }
  assertOneDatabasePerService(databaseUrls);
  const pooling = readPoolerSettings(env);
  for (const [name, url] of Object.entries(pooling.directUrls))
    parseDatabaseUrl(directDatabaseSetting(name as DatabaseName), url);
  return {
    portBase: parsePortBase(env['PORT_BASE'] || PORT_BASE.default),
    dataDir: resolve(repositoryRoot, env['DATA_DIR'] || DATA_DIR.default),
    databaseUrls,
    pooling,
    environment: without([...setPerService, ...setForUs, ...colourSettings], env),
  };
}

function parsePortBase(text: string): number {
  const base = Number(text);
  // The last ports of a base are base + 32 (Postgres) and those behind base + 100 (metrics).
  if (/^\d{4,5}$/.test(text) && base >= 1024 && base <= 65_400) return assertNoBadPort(base);
  return refuse(
    `PORT_BASE is ${JSON.stringify(text)}: set it to a whole number from 1024 to 65400, such as PORT_BASE=5000`,
  );
}

/** The ports above 1023 that browsers and `fetch` refuse (the "bad ports" of the Fetch standard). */
const badPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);

function assertNoBadPort(base: number): number {
  const bad = [base, ...serviceNames.map((_, index) => base + 1 + index)].find((port) => badPorts.has(port));
  if (bad === undefined) return base;
  return refuse(
    `PORT_BASE=${base} gives a service port ${bad}, which browsers refuse: set another, such as PORT_BASE=5000`,
  );
}

/** Checks the URL of a database. The error never contains the value, which usually holds a password. */
function parseDatabaseUrl(setting: string, text: string): string {
  const example = 'such as postgresql://name:password@127.0.0.1:5432/database';
  if (!URL.canParse(text)) refuse(`${setting} is not a URL: set it to one ${example} (with %-escapes in the password)`);
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    refuse(`${setting} starts with ${url.protocol}//: only Postgres is supported, ${example}`);
  }
  if (url.pathname.length < 2) refuse(`${setting} names no database: put one after the host, ${example}`);
  if (!url.hostname && !url.searchParams.has('host')) refuse(`${setting} names no host: ${example}`);
  try {
    readDatabaseUrl(text);
  } catch (error) {
    if (error instanceof DatabaseUrlError) refuse(`${setting}: ${error.message}`);
    throw error;
  }
  return text;
}

/** Refuses one database for two services: they would share a migration table, and could read each other's rows. */
function assertOneDatabasePerService(urls: Settings['databaseUrls']): void {
  const seen = new Map<string, string>();
  for (const name of databaseNames) {
    const url = urls[name];
    if (url === undefined) continue;
    const { hostname, port, pathname } = new URL(url);
    const place = `${hostname}:${port || '5432'}${pathname}`;
    const other = seen.get(place);
    const setting = databaseSetting(name);
    if (other) refuse(`${other} and ${setting} name the same database: give each service its own`);
    seen.set(place, setting);
  }
}

function without(names: string[], env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const rest: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !names.includes(name)) rest[name] = value;
  return rest;
}

function refuse(message: string): never {
  throw new LaunchError(message, { exitCode: 78 });
}
