import { migrate } from '@auth/db/migrate';
import { ensureDatabase } from '../postgres/databases.ts';
import { PostgresError } from '../postgres/error.ts';
import { startPostgres } from '../postgres/postgres.ts';
import type { Say } from '../terminal/console.ts';
import type { Closers } from './closers.ts';
import { startStopwatch } from './duration.ts';
import { LaunchError } from './launch-error.ts';
import { isPortFree } from './ports.ts';
import { assertReachable } from './reachable.ts';
import { type DatabaseName, databaseNames, databaseSetting, perDatabase } from './services.ts';
import type { Settings } from './settings.ts';

/** Provides a database for each service that has one: the developer's own, otherwise one in the embedded Postgres. */
export async function openDatabases(
  settings: Settings,
  { say, closers }: { say: Say; closers: Closers },
): Promise<Record<DatabaseName, string>> {
  const { databaseUrls, dataDir, portBase } = settings;
  await Promise.all(
    databaseNames.map((name) => {
      const url = databaseUrls[name];
      return url === undefined ? undefined : assertReachable(url, { setting: databaseSetting(name) });
    }),
  );
  if (databaseNames.every((name) => databaseUrls[name] !== undefined))
    return perDatabase((name) => databaseUrls[name] ?? '');
  const elapsed = startStopwatch();
  // The same port at every start, if possible: database tools keep their connection.
  const port = portBase + 32;
  const postgres = await startPostgres({
    dataDir,
    ...((await isPortFree(port)) ? { port } : {}),
    onProgress: (line) => say('dev', line),
  });
  closers.add(() => postgres.stop());
  say('dev', `postgres ready on port ${postgres.port} (${elapsed()})`);
  return perDatabase((name) => databaseUrls[name] ?? postgres.url(name));
}

/** Creates the database of a service if it is missing, and migrates it.
 * @throws LaunchError when that is the developer's own and refuses */
export async function prepareDatabase(
  name: DatabaseName,
  { url, settings, say }: { url: string; settings: Settings; say: Say },
): Promise<void> {
  try {
    const elapsed = startStopwatch();
    const created = await ensureDatabase(url);
    const { applied } = await migrate({ url, service: name });
    const work = [...(created ? ['created'] : []), ...applied.map((migration) => `applied ${migration}`)];
    if (work.length > 0) say('dev', `database ${name}: ${work.join(', ')} (${elapsed()})`);
  } catch (cause) {
    if (settings.databaseUrls[name] === undefined || !(cause instanceof Error)) throw cause;
    const exitCode = cause instanceof PostgresError && cause.code === 'database_url_invalid' ? 78 : 1;
    throw new LaunchError(`${databaseSetting(name)}: ${cause.message}`, { exitCode, cause });
  }
}
