import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openTestDatabase } from '@auth/testkit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';

import { diffSchema, MigrationError, migrate, servicePaths } from './migrate.ts';

const INIT = '20261122144500_init';
const NEXT = '20270101000000_next';
const LAST = '20270102000000_last';
const COUNT_APPLIED = 'select count(*)::int as n from _prisma_migrations where finished_at is not null';

let test: Awaited<ReturnType<typeof openTestDatabase>>;
let client: pg.Client;
let migrationsDir: string;

beforeEach(async () => {
  test = await openTestDatabase('product');
  client = new pg.Client(test.url);
  await client.connect();
  migrationsDir = await mkdtemp(join(tmpdir(), 'migrations-'));
  await cp(servicePaths('product').migrationsDir, migrationsDir, { recursive: true });
});

afterEach(async () => {
  await client.end();
  await test.drop();
  await rm(migrationsDir, { recursive: true });
});

const empty = () => client.query('drop schema public cascade; create schema public');
const run = () => migrate({ url: test.url, service: 'product', migrationsDir });
const count = async (sql: string): Promise<unknown> => (await client.query(sql)).rows[0]?.n;
const write = async (name: string, sql: string): Promise<void> => {
  await mkdir(join(migrationsDir, name), { recursive: true });
  await writeFile(join(migrationsDir, name, 'migration.sql'), sql);
};
const refusal = (): Promise<unknown> =>
  run().then(
    () => 'it did not fail',
    (error: unknown) => error,
  );

describe('migrate', () => {
  it('brings an empty database up to date, once', async () => {
    await empty();
    expect(await run()).toEqual({ applied: [INIT] });
    expect(await run()).toEqual({ applied: [] });
    expect(await count('select count(*)::int as n from products')).toBe(0);
  });

  it('succeeds for several replicas at once', async () => {
    await empty();
    await write(NEXT, 'create table next (id int)');
    const results = await Promise.all([run(), run(), run()]);
    expect(results.flatMap(({ applied }) => applied)).toEqual([INIT, NEXT]);
    expect(await count(COUNT_APPLIED)).toBe(2);
  });

  it('takes SQL with semicolons within strings, comments and functions', async () => {
    await write(
      NEXT,
      `-- first; second
       create table notes (text text default 'a; b');
       create function one() returns int language plpgsql as $$ begin return 1; end $$;`,
    );
    expect(await run()).toEqual({ applied: [NEXT] });
    expect(await count('select one() as n')).toBe(1);
  });

  it('keeps nothing of a migration that fails, names it, and goes on when it is corrected', async () => {
    await write(NEXT, 'create table next (id int)');
    await write(LAST, 'create table last (id int); insert into last values (1); select * from nowhere;');
    const error = await refusal();
    expect(error).toBeInstanceOf(MigrationError);
    expect(error).toMatchObject({ code: 'migration_failed', migration: LAST });
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/product.*20270102000000_last.*"nowhere" does not exist/s),
    );
    expect(await count(`select count(*)::int as n from pg_tables where tablename in ('next', 'last')`)).toBe(0);
    expect(await count('select count(*)::int as n from _prisma_migrations')).toBe(1);
    await write(LAST, 'create table last (id int)');
    expect(await run()).toEqual({ applied: [NEXT, LAST] });
  });

  it('leaves an empty database empty when the first migration fails', async () => {
    await empty();
    await write(INIT, 'create table products (id int); select 1/0');
    expect(await refusal()).toMatchObject({ code: 'migration_failed', migration: INIT });
    expect(await count(`select count(*)::int as n from pg_tables where schemaname = 'public'`)).toBe(0);
  });

  it('refuses a migration that was edited after it had been applied', async () => {
    await write(INIT, 'create table other (id int)');
    expect(await refusal()).toMatchObject({ code: 'migration_edited', migration: INIT });
  });

  it('refuses to go on where another tool has left a migration unfinished', async () => {
    await client.query('update _prisma_migrations set finished_at = null');
    expect(await refusal()).toMatchObject({ code: 'migration_unfinished', migration: INIT });
  });

  it('refuses a database that holds tables but no history', async () => {
    await client.query('drop table _prisma_migrations');
    const error = await refusal();
    expect(error).toMatchObject({ code: 'migration_refused' });
    expect(error).toHaveProperty('message', expect.stringContaining('not empty'));
  });

  it('names the folder that has no SQL', async () => {
    await mkdir(join(migrationsDir, NEXT));
    expect(await refusal()).toMatchObject({ code: 'migration_unreadable', migration: NEXT });
  });

  it('names the server that does not answer, and not the password', async () => {
    const url = 'postgresql://postgres:secret@127.0.0.1:1/product';
    const error: unknown = await migrate({ url, service: 'product' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'database_unreachable' });
    expect(String(error)).toContain('127.0.0.1:1/product');
    expect(String(error)).not.toContain('secret');
  });
});

describe('diffSchema', () => {
  it.each(['user', 'product', 'order'] as const)('finds the migrations of %s equal to its schema', async (service) => {
    const migrated = await openTestDatabase(service);
    expect(await diffSchema({ url: migrated.url, service })).toBeUndefined();
    await migrated.drop();
  });

  it('says how to get from the database to the schema', async () => {
    await client.query('alter table products drop column stock');
    expect(await diffSchema({ url: test.url, service: 'product' })).toContain(
      'ADD COLUMN     "stock" INTEGER NOT NULL',
    );
  });
});
