import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openTestDatabase } from '@auth/testkit';
import pg from 'pg';

import { migrate, migrationsFolder } from '../src/migrate.ts';

export const INIT = '20261122144500_init';
export const NEXT = '20270101000000_next';
export const LAST = '20270102000000_last';

/** A migrated database of `product`, and a copy of its migrations. */
export type MigrationDatabase = Awaited<ReturnType<typeof openMigrationDatabase>>;

/** Opens a database to try migrations on. */
export async function openMigrationDatabase() {
  const test = await openTestDatabase('product');
  const client = new pg.Client(test.url);
  await client.connect();
  const migrationsDir = await mkdtemp(join(tmpdir(), 'migrations-'));
  await cp(migrationsFolder('product'), migrationsDir, { recursive: true });
  const run = (url = test.url) => migrate({ url, service: 'product', migrationsDir });
  return {
    url: test.url,
    client,
    migrationsDir,
    run,
    empty: () => client.query('drop schema public cascade; create schema public'),
    /** The column `n` of the first row. */
    count: async (sql: string): Promise<unknown> => (await client.query(sql)).rows[0]?.n,
    write: async (name: string, sql: string): Promise<void> => {
      await mkdir(join(migrationsDir, name), { recursive: true });
      await writeFile(join(migrationsDir, name, 'migration.sql'), sql);
    },
    /** The error of a run. */
    refusal: (url = test.url): Promise<unknown> =>
      run(url).then(
        () => 'it did not fail',
        (error: unknown) => error,
      ),
    async close() {
      await client.end();
      await test.drop();
      await rm(migrationsDir, { recursive: true });
    },
  };
}
