import type { TestDatabase } from '@auth/testkit';
import { openTestDatabase } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationFile } from './migration-files.ts';
import { readMigrations } from './migration-files.ts';
import { servicePaths } from './services.ts';
import { isUpToDate } from './up-to-date.ts';

let database: TestDatabase;
let migrations: MigrationFile[];
beforeAll(async () => {
  database = await openTestDatabase('order');
  migrations = await readMigrations(servicePaths('order').migrationsDir);
});
afterAll(() => database.drop());

describe('isUpToDate', () => {
  it('is true of a database that the engine has migrated', async () => {
    expect(await isUpToDate(database.url, migrations)).toBe(true);
  });

  it('is false when a migration is missing, edited or gone', async () => {
    const [first, ...rest] = migrations;
    const edited = [{ name: first?.name ?? '', sql: `${first?.sql} ` }, ...rest];
    const results = [
      await isUpToDate(database.url, [...migrations, { name: '2999_new', sql: 'select 1' }]),
      await isUpToDate(database.url, edited),
      await isUpToDate(database.url, rest),
    ];
    expect(results).toEqual([false, false, false]);
  });

  it('is false of a database without migrations, and of one that does not answer', async () => {
    const empty = new URL(database.url);
    empty.pathname = '/postgres';
    expect(await isUpToDate(empty.href, migrations)).toBe(false);
    expect(await isUpToDate('postgresql://127.0.0.1:1/x', migrations)).toBe(false);
  });
});
