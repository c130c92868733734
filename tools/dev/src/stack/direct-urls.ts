import { LaunchError } from './launch-error.ts';
import { type DatabaseName, databaseNames, databaseSetting, directDatabaseSetting, perDatabase } from './services.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The setting for a pooler in front of the databases of `DATABASE_URL_…`; those of the embedded Postgres have none. */
const poolerSetting = 'DATABASE_POOLER';

/** The developer's own databases: their settings for a pooler in front of them. */
export interface PoolerSettings {
  readonly pooler: 'none' | 'transaction';
  readonly directUrls: Readonly<Partial<Record<DatabaseName, string>>>;
}

/** Reads the setting. @throws LaunchError for another value of DATABASE_POOLER */
export function readPoolerSettings(env: Environment): PoolerSettings {
  const pooler = env[poolerSetting] || 'none';
  if (pooler !== 'none' && pooler !== 'transaction')
    throw new LaunchError(`${poolerSetting} must be none or transaction`, { exitCode: 78 });
  const named = databaseNames.map((name) => [name, env[directDatabaseSetting(name)] || undefined] as const);
  return { pooler, directUrls: Object.fromEntries(named.filter(([, url]) => url !== undefined)) };
}

/**
 * Returns the URL with which a database is created, migrated and filled, without the pooler.
 *
 * @throws LaunchError when there is a pooler and no direct URL
 */
export function directUrlOf(name: DatabaseName, url: string, { pooler, directUrls }: PoolerSettings): string {
  const direct = directUrls[name] ?? (pooler === 'none' ? url : undefined);
  if (direct !== undefined) return direct;
  const why = `${databaseSetting(name)} leads to a pooler (${poolerSetting}=${pooler}), through which nothing is migrated`;
  throw new LaunchError(`${why}: set ${directDatabaseSetting(name)} to a URL that goes past it`, { exitCode: 78 });
}

/** The direct URL of every database; `isOwn` is true for the databases behind the pooler. */
export const directUrlsOf = (
  urls: Readonly<Record<DatabaseName, string>>,
  settings: PoolerSettings,
  isOwn: (name: DatabaseName) => boolean,
): Record<DatabaseName, string> =>
  perDatabase((name) => (isOwn(name) ? directUrlOf(name, urls[name], settings) : urls[name]));
