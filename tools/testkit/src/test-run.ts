import { randomBytes } from 'node:crypto';

import { migrate } from '@auth/db/migrate';
import { dropDatabase, ensureDatabase } from '@auth/dev/postgres/databases';
import { startPostgres } from '@auth/dev/postgres/postgres';
import { type DatabaseName, databaseNames } from '@auth/dev/stack/services';
import pg from 'pg';
import { type TestServer, testUrl } from './test-server.ts';

/** The databases of a test run. */
export interface TestRun extends TestServer {
  close(): Promise<void>;
}

/** Creates one migrated template per service, on the server at `url` or on a temporary Postgres. */
export async function openTestRun(url: string | undefined): Promise<TestRun> {
  const postgres = url === undefined ? await startPostgres({}) : undefined;
  const server = { url: postgres?.url('postgres') ?? url ?? '', prefix: `test_${randomBytes(4).toString('hex')}` };
  const close = async (): Promise<void> => {
    // A temporary server is removed with its databases.
    if (postgres === undefined)
      await Promise.all(databaseNames.map((service) => dropDatabase(testUrl(server, service))));
    else await postgres.stop();
  };
  try {
    if (postgres !== undefined) await copyQuickly(server.url);
    await Promise.all(databaseNames.map((service) => createTemplate(testUrl(server, service), service)));
  } catch (error) {
    await close();
    throw error;
  }
  return { ...server, close };
}

/** Lets the system copy the files of a template where it can, which costs a quarter for each of a hundred databases. */
async function copyQuickly(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const possible = `select from pg_settings where name = 'file_copy_method' and 'clone' = any(enumvals)`;
  const { rowCount } = await client.query(possible);
  if (rowCount === 1) await client.query('alter database postgres set file_copy_method = clone');
  await client.end();
}

async function createTemplate(url: string, service: DatabaseName): Promise<void> {
  await ensureDatabase(url);
  await migrate({ url, service });
}
