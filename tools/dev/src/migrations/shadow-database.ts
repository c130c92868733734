import { randomBytes } from 'node:crypto';
import { dropDatabase, ensureDatabase } from '../postgres/databases.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { databaseNames, databaseSetting } from '../stack/services.ts';
import type { ShadowDatabase } from './create-migration.ts';

/**
 * Opens an empty database for trying migrations: on the developer's own Postgres when a setting `DATABASE_URL_…` names it,
 * otherwise on an embedded one. `close` drops the database.
 */
export async function openShadowDatabase(env: Readonly<Record<string, string | undefined>>): Promise<ShadowDatabase> {
  const own = databaseNames.map((name) => env[databaseSetting(name)]).find((url) => url !== undefined && url !== '');
  if (own === undefined) {
    const postgres = await startPostgres({});
    return { url: postgres.url('postgres'), close: postgres.stop };
  }
  const url = new URL(own);
  url.pathname = `/shadow_${randomBytes(6).toString('hex')}`;
  await ensureDatabase(url.href);
  return { url: url.href, close: () => dropDatabase(url.href) };
}
