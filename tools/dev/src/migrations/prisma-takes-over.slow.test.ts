import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';

import { migrate } from '@auth/db/migrate';
import { openTestDatabase, type TestDatabase } from '@auth/testkit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { databaseNames, repositoryRoot } from '../stack/services.ts';
import { sourceOf } from './create-migration.ts';

const NEXT = '20270101000000_next';
const INDEX = '20270102000000_index';

let folder: string;
let engine: string;
let database: TestDatabase;
let client: pg.Client;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takes-over-'));
  engine = join(folder, 'schema-engine');
  const program = join(__dirname, 'schema-engine.fixture.ts');
  const command = `cd ${repositoryRoot}; exec ${execPath} --import tsx --conditions=@auth/source ${program} "$@"`;
  await writeFile(engine, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  const { schemaPath, migrationsDir } = sourceOf('product');
  await cp(schemaPath, join(folder, 'schema.prisma'));
  await cp(migrationsDir, join(folder, 'migrations'), { recursive: true });
  await cp(join(schemaPath, '../prisma.config.ts'), join(folder, 'prisma.config.ts'));
  database = await openTestDatabase('product');
  client = new pg.Client(database.url);
  await client.connect();
});

afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

const prisma = (command: 'status' | 'deploy', config = join(folder, 'prisma.config.ts'), url = database.url) => {
  const args = [join(repositoryRoot, 'tools/run.mjs'), 'prisma-cli', 'prisma', 'migrate', command, '--config', config];
  const quiet = { CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const { status, stdout, stderr } = spawnSync(execPath, args, {
    encoding: 'utf8',
    env: { ...env, ...quiet, PRISMA_SCHEMA_ENGINE_BINARY: engine, DATABASE_URL: url },
  });
  return { status, output: stdout + stderr };
};
const ours = () => migrate({ url: database.url, service: 'product', migrationsDir: join(folder, 'migrations') });
const write = async (name: string, sql: string): Promise<void> => {
  await mkdir(join(folder, 'migrations', name));
  await writeFile(join(folder, 'migrations', name, 'migration.sql'), sql);
};
const addTwo = async (): Promise<void> => {
  await write(NEXT, 'alter table products add column colour text;\nselect 1;\n');
  await write(INDEX, '-- no transaction\ncreate index concurrently by_name on products (name);\n');
};
const empty = () => client.query('drop schema public cascade; create schema public');
const readTable = async () => {
  const columns = `select column_name, data_type, character_maximum_length, is_nullable, column_default
    from information_schema.columns where table_name = '_prisma_migrations' order by ordinal_position`;
  const rows = `select migration_name, checksum, logs, rolled_back_at, applied_steps_count, finished_at >= started_at as times
    from _prisma_migrations order by started_at`;
  return { columns: (await client.query(columns)).rows, rows: (await client.query(rows)).rows };
};

describe("Prisma's own migrate command", () => {
  it.each(databaseNames)(
    'calls %s up to date after our runner',
    async (service) => {
      const migrated = await openTestDatabase(service);
      const config = join(repositoryRoot, 'prisma', service, 'prisma.config.ts');
      const { status, output } = prisma('status', config, migrated.url);
      expect(output).toContain('Database schema is up to date');
      expect(status).toBe(0);
      await migrated.drop();
    },
    120_000,
  );

  it('finds what our runner has not applied yet, and applies it', async () => {
    await addTwo();
    expect(prisma('status').output).toMatch(/have not yet been applied:\s+20270101000000_next\s+20270102000000_index/);
    expect(prisma('deploy')).toMatchObject({ status: 0, output: expect.stringContaining('successfully applied') });
    expect(await ours()).toEqual({ applied: [] });
  }, 120_000);

  it('writes the same table and the same rows as our runner', async () => {
    await addTwo();
    await empty();
    expect((await ours()).applied).toHaveLength(3);
    const written = await readTable();
    await empty();
    expect(prisma('deploy')).toMatchObject({ status: 0 });
    expect(await readTable()).toEqual(written);
    expect(await ours()).toEqual({ applied: [] });
  }, 120_000);
});
