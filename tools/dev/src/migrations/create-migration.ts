import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CommandSpec } from '@auth/command';
import { readCommandLine, refuse } from '@auth/command';
import { diffSchema, migrate, servicePaths } from '@auth/db/migrate';
import type { DatabaseName } from '../stack/services.ts';
import { parseDatabaseName } from './arguments.ts';

const spec = {
  name: 'pnpm db:diff',
  summary:
    'Writes prisma/<service>/migrations/<time>_<name>/migration.sql with what is new in prisma/<service>/schema.prisma.',
  arguments: ['<service>', '<name>'],
  notes: [
    '<name> says what changes, in lower case: add_order_note',
    'It is tried on the server of a DATABASE_URL_… that is set, else on an embedded Postgres.',
  ],
} as const satisfies CommandSpec;

/** The files to compare, and the time. */
export interface MigrationSource {
  readonly schemaPath: string;
  readonly migrationsDir: string;
  readonly now: Date;
}

/** An empty database for trying the migrations. */
export interface ShadowDatabase {
  readonly url: string;
  close(): Promise<void>;
}

interface CommandOptions {
  readonly now: Date;
  readonly print: (line: string) => void;
  readonly openShadow: () => Promise<ShadowDatabase>;
}

/** Implements `pnpm db:diff`: checks the arguments, creates the migration, and reports. */
export async function createMigrationFor(
  args: readonly string[],
  { now, print, openShadow }: CommandOptions,
): Promise<void> {
  const line = readCommandLine(spec, args);
  if (line.help !== undefined) return print(line.help);
  const [first, name] = line.words;
  if (first === undefined || name === undefined) refuse(spec, 'two arguments are needed');
  const service = parseDatabaseName(spec, first);
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) refuse(spec, `"${name}" cannot name a migration`);
  const file = await createMigration({ service, name, openShadow }, { ...servicePaths(service), now });
  print(file === undefined ? `${service}: no change` : `${service}: wrote ${file}. Read it, then: pnpm db:migrate`);
}

/** Writes the migration from the state of the migrations to the schema. Returns its path; `undefined` if they agree. */
export async function createMigration(
  { service, name, openShadow }: { service: DatabaseName; name: string } & Pick<CommandOptions, 'openShadow'>,
  { schemaPath, migrationsDir, now }: MigrationSource,
): Promise<string | undefined> {
  const { url, close } = await openShadow();
  try {
    await migrate({ url, service, migrationsDir, schemaPath });
    const sql = await diffSchema({ url, service, schemaPath });
    if (sql === undefined) return undefined;
    const folder = join(migrationsDir, `${stamp(now)}_${name}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'migration.sql'), `${sql.trim()}\n`);
    return join(folder, 'migration.sql');
  } finally {
    await close();
  }
}

/** Formats a time in UTC as 14 digits, so that names sort in the order of migrations. */
const stamp = (now: Date): string => now.toISOString().replace(/\D/g, '').slice(0, 14);
