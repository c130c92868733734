import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { LAST, type MigrationDatabase, NEXT, openMigrationDatabase } from '../test/migration-database.ts';

const AFTER = '20270103000000_after';
const INDEX = '-- no transaction\ncreate index concurrently if not exists by_name on products (name)';
const STATES = `select string_agg(migration_name || ' ' || case when finished_at is not null then 'finished'
  when rolled_back_at is not null then 'rolled back' else 'unfinished' end, ', ' order by started_at) as n
  from _prisma_migrations where migration_name > '2027'`;
const VALID = `select bool_and(indisvalid) as n from pg_index where indexrelid = to_regclass('by_name')`;
const BUILDING = `select count(*)::int as n from pg_stat_activity
  where datname = current_database() and state = 'active' and wait_event_type = 'Lock' and query like '%by_name%'`;

let database: MigrationDatabase;
let other: pg.Client;

beforeEach(async () => {
  database = await openMigrationDatabase();
  other = new pg.Client(database.url);
  await other.connect();
});

afterEach(async () => {
  await other.end();
  await database.close();
});

const until = async (sql: string, wanted: unknown): Promise<void> => {
  while ((await database.count(sql)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 20));
};
/** An open transaction that has written to the table: a concurrent build waits for its end. */
const holdBuild = (): Promise<unknown> => other.query('begin; update products set stock = stock');
const addTwins = () =>
  database.client.query(
    `insert into products (id, sku, name, price, currency, stock)
     select gen_random_uuid(), 'twin-' || n, 'twin', 1, 'EUR', 1 from generate_series(1, 2) n`,
  );

describe('a migration with the first line -- no transaction', () => {
  it('builds an index concurrently, between migrations that run in a transaction', async () => {
    await database.write(NEXT, 'alter table products add column colour text');
    await database.write(LAST, INDEX);
    await database.write(AFTER, 'alter table products add column size text');
    expect(await database.run()).toEqual({ applied: [NEXT, LAST, AFTER] });
    expect(await database.run()).toEqual({ applied: [] });
    expect(await database.count(VALID)).toBe(true);
    expect(await database.count(STATES)).toBe(`${NEXT} finished, ${LAST} finished, ${AFTER} finished`);
  });

  it('is applied once by several replicas, none of which stops the build by waiting', async () => {
    await database.write(NEXT, INDEX);
    await holdBuild();
    const runs = [database.run(), database.run(), database.run()];
    await until(BUILDING, 1);
    // Longer than deadlock_timeout.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await other.query('commit');
    expect((await Promise.all(runs)).flatMap(({ applied }) => applied)).toEqual([NEXT]);
    expect(await database.count(VALID)).toBe(true);
  });

  it('fails when it holds two statements, before the first is run', async () => {
    await database.write(NEXT, '-- no transaction\ncreate table next (id int); create table more (id int)');
    const error = await database.refusal();
    expect(error).toMatchObject({ code: 'migration_failed', migration: NEXT });
    expect(error).toHaveProperty('message', expect.stringContaining('one statement only'));
    expect(await database.count(`select to_regclass('next') as n`)).toBeNull();
    await database.write(NEXT, '-- no transaction\ncreate table next (id int); -- one; only');
    expect(await database.run()).toEqual({ applied: [NEXT] });
  });

  it('is recommended where a statement refuses to run in a transaction', async () => {
    await database.write(NEXT, 'create index concurrently by_name on products (name)');
    const error = await database.refusal();
    expect(error).toMatchObject({ code: 'migration_failed', migration: NEXT });
    expect(error).toHaveProperty('message', expect.stringContaining('with the first line -- no transaction'));
  });

  it('names the invalid index that its failure leaves, and is not repeated before that is dropped', async () => {
    await addTwins();
    await database.write(NEXT, INDEX.replace('index', 'unique index'));
    const failed = await database.refusal();
    expect(failed).toMatchObject({ code: 'migration_failed', migration: NEXT });
    expect(failed).toHaveProperty('message', expect.stringContaining('DROP INDEX CONCURRENTLY by_name;'));
    await database.client.query(`delete from products where name = 'twin'`);
    const refused = await database.refusal();
    expect(refused).toMatchObject({ code: 'migration_unfinished', migration: NEXT });
    expect(refused).toHaveProperty('message', expect.stringContaining('DROP INDEX CONCURRENTLY by_name;'));
    await database.client.query('drop index concurrently by_name');
    expect(await database.run()).toEqual({ applied: [NEXT] });
    expect(await database.count(STATES)).toBe(`${NEXT} rolled back, ${NEXT} finished`);
  });

  it('is repeated after its connection was lost, when the invalid index is dropped', async () => {
    await database.write(NEXT, INDEX);
    await holdBuild();
    const refusal = database.refusal();
    await until(BUILDING, 1);
    await database.client.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and query like '%by_name%'`);
    expect(await refusal).toMatchObject({ code: 'database_unreachable' });
    await other.query('rollback');
    expect(await database.count(STATES)).toBe(`${NEXT} unfinished`);
    expect(await database.refusal()).toMatchObject({ code: 'migration_unfinished', migration: NEXT });
    await database.client.query('drop index concurrently by_name');
    expect(await database.run()).toEqual({ applied: [NEXT] });
    expect(await database.count(VALID)).toBe(true);
  });

  it('is waited for after its process was killed, since Postgres continues the build', async () => {
    await database.write(NEXT, INDEX);
    await holdBuild();
    const file = join(__dirname, '../test/migrate-process.ts');
    const args = ['--import', 'tsx', '--conditions=@auth/source', file, database.url, database.migrationsDir];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    await until(BUILDING, 1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const run = database.run();
    await until(
      `select count(*)::int as n from pg_stat_activity where query like '%pg_try_advisory_lock%'
      and pid <> pg_backend_pid() and datname = current_database()`,
      1,
    );
    await other.query('commit');
    expect(await run).toEqual({ applied: [NEXT] });
    expect(await database.count(VALID)).toBe(true);
    expect(await database.count(STATES)).toBe(`${NEXT} rolled back, ${NEXT} finished`);
  });
});
