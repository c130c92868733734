import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { runCommand } from '@auth/command';
import { readTestServer, testUrl } from '@auth/testkit/test-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dropDatabase, ensureDatabase } from '../postgres/databases.ts';
import { createDiffCommand, createMigration, type ShadowDatabase, sourceOf } from './create-migration.ts';

const now = new Date('2027-01-02T03:04:05Z');
const openShadow = async (): Promise<ShadowDatabase> => {
  const server = readTestServer(env);
  const url = testUrl(server, `shadow_${randomBytes(6).toString('hex')}`);
  await ensureDatabase(url);
  return { url, close: () => dropDatabase(url) };
};
const asked = { service: 'order', name: 'add_note', openShadow } as const;
let folder: string;
let source: { schemaPath: string; migrationsDir: string; now: Date };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migration-'));
  const { schemaPath, migrationsDir } = sourceOf('order');
  source = { schemaPath: join(folder, 'schema.prisma'), migrationsDir: join(folder, 'migrations'), now };
  await cp(schemaPath, source.schemaPath);
  await cp(migrationsDir, source.migrationsDir, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

describe('createMigration', () => {
  it('writes no migration when the schema agrees with the migrations', async () => {
    const before = await readdir(source.migrationsDir);
    expect(await createMigration(asked, source)).toBeUndefined();
    expect(await readdir(source.migrationsDir)).toEqual(before);
  });

  it('writes only the difference, and drops no CHECK', async () => {
    const schema = await readFile(source.schemaPath, 'utf8');
    await writeFile(source.schemaPath, schema.replace('  contact ', '  note      String?\n  contact '));
    const file = await createMigration(asked, source);
    expect(file).toBe(join(source.migrationsDir, '20270102030405_add_note', 'migration.sql'));
    expect(await readFile(file ?? '', 'utf8')).toBe(
      '-- AlterTable\nALTER TABLE "orders" ADD COLUMN     "note" TEXT;\n',
    );
    expect(await createMigration(asked, source)).toBeUndefined();
  });
});

describe('pnpm db:diff', () => {
  it.each([
    ['no arguments', []],
    ['a service only', ['user']],
    ['an unknown service', ['shop', 'add_note']],
    ['a name that is no name', ['user', '../note']],
    ['a third argument', ['user', 'add', 'note']],
  ])('answers %s with the usage', async (_case, args) => {
    const complaints: string[] = [];
    const output = { print: () => undefined, complain: (text: string) => void complaints.push(text) };
    const code = await runCommand(createDiffCommand({ now, openShadow }), { args, env: {}, ...output });
    expect([code, complaints]).toEqual([64, [expect.stringContaining('usage: pnpm db:diff')]]);
  });
});
