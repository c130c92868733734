import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { skipsWithoutPgBouncer, startPgBouncer } from '@auth/testkit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { INIT, LAST, type MigrationDatabase, NEXT, openMigrationDatabase } from '../test/migration-database.ts';
import { MigrationError, migrate } from './migrate.ts';

const COUNT_APPLIED = 'select count(*)::int as n from _prisma_migrations where finished_at is not null';

let database: MigrationDatabase;

beforeEach(async () => {
  database = await openMigrationDatabase();
});

afterEach(() => database.close());

const running = `select count(*)::int as n from pg_stat_activity where datname = current_database() and query like`;
const until = async (sql: string, wanted: unknown): Promise<void> => {
  while ((await database.count(sql)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('migrate', () => {
  it('migrates an empty database once', async () => {
    await database.empty();
    expect(await database.run()).toEqual({ applied: [INIT] });
    expect(await database.run()).toEqual({ applied: [] });
    expect(await database.count('select count(*)::int as n from products')).toBe(0);
  });

  it('succeeds for several replicas at once', async () => {
    await database.empty();
    await database.write(NEXT, 'create table next (id int)');
    const results = await Promise.all([database.run(), database.run(), database.run()]);
    expect(results.flatMap(({ applied }) => applied)).toEqual([INIT, NEXT]);
    expect(await database.count(COUNT_APPLIED)).toBe(2);
  });

  it('accepts SQL with semicolons within strings, comments and functions', async () => {
    await database.write(
      NEXT,
      `-- first; second
       create table notes (text text default 'a; b');
       create function one() returns int language plpgsql as $$ begin return 1; end $$;`,
    );
    expect(await database.run()).toEqual({ applied: [NEXT] });
    expect(await database.count('select one() as n')).toBe(1);
  });

  it('rolls back a failed migration, names it, and applies it after it was corrected', async () => {
    await database.write(NEXT, 'create table next (id int)');
    await database.write(LAST, 'create table last (id int); insert into last values (1); select * from nowhere;');
    const error = await database.refusal();
    expect(error).toBeInstanceOf(MigrationError);
    expect(error).toMatchObject({ code: 'migration_failed', migration: LAST });
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/product.*20270102000000_last.*"nowhere" does not exist/s),
    );
    expect(await database.count(`select count(*)::int as n from pg_tables where tablename in ('next', 'last')`)).toBe(
      0,
    );
    expect(await database.count('select count(*)::int as n from _prisma_migrations')).toBe(1);
    await database.write(LAST, 'create table last (id int)');
    expect(await database.run()).toEqual({ applied: [NEXT, LAST] });
  });

  it('leaves an empty database empty when the first migration fails', async () => {
    await database.empty();
    await database.write(INIT, 'create table products (id int); select 1/0');
    expect(await database.refusal()).toMatchObject({ code: 'migration_failed', migration: INIT });
    expect(await database.count(`select count(*)::int as n from pg_tables where schemaname = 'public'`)).toBe(0);
  });

  it('rolls back a migration whose connection is lost, and applies it in the next run', async () => {
    await database.write(NEXT, 'create table next (id int); select pg_sleep(60)');
    const refusal = database.refusal();
    await until(`${running} 'create table next%'`, 1);
    await database.client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like 'create table next%'`,
    );
    expect(await refusal).toMatchObject({ code: 'database_unreachable' });
    await database.write(NEXT, 'create table next (id int)');
    expect(await database.run()).toEqual({ applied: [NEXT] });
  });

  it('reports a migration with a COMMIT of its own', async () => {
    await database.write(NEXT, 'create table next (id int); commit; create table more (id int)');
    const error = await database.refusal();
    expect(error).toMatchObject({ code: 'migration_failed', migration: NEXT });
    expect(error).toHaveProperty('message', expect.stringContaining('contains COMMIT'));
    expect(await database.refusal()).toMatchObject({ code: 'migration_unfinished', migration: NEXT });
  });

  it('rejects an applied migration that was edited', async () => {
    await database.write(INIT, 'create table other (id int)');
    expect(await database.refusal()).toMatchObject({ code: 'migration_edited', migration: INIT });
  });

  it('accepts other line endings in a migration that was applied', async () => {
    await database.write(NEXT, 'create table next (id int);\nselect 1;\n');
    expect(await database.run()).toEqual({ applied: [NEXT] });
    await database.write(NEXT, 'create table next (id int);\r\nselect 1;\r\n');
    expect(await database.run()).toEqual({ applied: [] });
  });

  it('accepts a database that a newer build has migrated', async () => {
    await database.write(NEXT, 'create table next (id int)');
    await database.run();
    expect(await migrate({ url: database.url, service: 'product' })).toEqual({ applied: [] });
  });

  it('rejects a history with an unfinished migration of another tool', async () => {
    await database.client.query('update _prisma_migrations set finished_at = null');
    expect(await database.refusal()).toMatchObject({ code: 'migration_unfinished', migration: INIT });
  });

  it('rejects a database with tables and no history', async () => {
    await database.client.query('drop table _prisma_migrations');
    const error = await database.refusal();
    expect(error).toMatchObject({ code: 'migration_refused' });
    expect(error).toHaveProperty('message', expect.stringContaining('not empty'));
  });

  it('names a folder without SQL', async () => {
    await mkdir(join(database.migrationsDir, NEXT));
    expect(await database.refusal()).toMatchObject({ code: 'migration_unreadable', migration: NEXT });
  });

  it('names a server that does not answer, without the password', async () => {
    const error = await database.refusal('postgresql://postgres:secret@127.0.0.1:1/product');
    expect(error).toMatchObject({ code: 'database_unreachable' });
    expect(String(error)).toContain('127.0.0.1:1/product');
    expect(String(error)).not.toContain('secret');
  });
});

(skipsWithoutPgBouncer('migrations through a pooler') ? describe.skip : describe)('migrate, through PgBouncer', () => {
  it('rejects a pooler that ignores the settings of the session', async () => {
    await database.write(NEXT, 'create table next (id int)');
    const ignored = 'search_path, IntervalStyle, default_transaction_isolation, statement_timeout';
    const settings = { ignore_startup_parameters: ignored };
    const pooler = await startPgBouncer({ target: database.url, settings });
    const error = await database.refusal(pooler.url(new URL(database.url).pathname.slice(1)));
    expect(error).toMatchObject({ code: 'database_unreachable' });
    expect(error).toHaveProperty('message', expect.stringMatching(/a pooler .*DATABASE_DIRECT_URL for migrations/));
    await pooler.stop();
  });

  it('refuses it also where the search_path of the database is the one that it ignores', async () => {
    await database.client.query(
      `do $$ begin execute format('alter database %I set search_path = public', current_database()); end $$`,
    );
    await database.write(NEXT, 'create table next (id int)');
    const ignored = 'search_path, IntervalStyle, default_transaction_isolation, statement_timeout';
    const pooler = await startPgBouncer({ target: database.url, settings: { ignore_startup_parameters: ignored } });
    const error = await database.refusal(pooler.url(new URL(database.url).pathname.slice(1)));
    await pooler.stop();
    expect(error).toMatchObject({ code: 'database_unreachable' });
  });
});
