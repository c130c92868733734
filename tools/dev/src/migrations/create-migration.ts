import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CommandSpec } from '@auth/command';
import { readCommandLine, refuse } from '@auth/command';
import { migrate, migrationsFolder } from '@auth/db/migrate';
import type { DatabaseName } from '../stack/services.ts';
import { repositoryRoot } from '../stack/services.ts';
import { parseDatabaseName } from './arguments.ts';
import { diffSchema } from './diff-schema.ts';

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

/** Where to find what is compared, and what the time is. */
export interface MigrationSource {
  readonly schemaPath: string;
  readonly migrationsDir: string;
  readonly now: Date;
}

/** An empty database to try the migrations on. */
export interface ShadowDatabase {
  readonly url: string;
  close(): Promise<void>;
}

interface CommandOptions {
  readonly now: Date;
  readonly print: (line: string) => void;
  readonly openShadow: () => Promise<ShadowDatabase>;
}

/** `pnpm db:diff`: checks the arguments, creates the migration, reports. */
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
  const file = await createMigration({ service, name, openShadow }, { ...sourceOf(service), now });
  print(file === undefined ? `${service}: no change` : `${service}: wrote ${file}. Read it, then: pnpm db:migrate`);
}

/** The schema and the migrations of a service, as absolute paths. */
export const sourceOf = (service: DatabaseName) => ({
  schemaPath: join(repositoryRoot, 'prisma', service, 'schema.prisma'),
  migrationsDir: migrationsFolder(service),
});

/** Writes the migration from the state of the migrations to that of the schema: its path, or `undefined` if they agree. */
export async function createMigration(
  { service, name, openShadow }: { service: DatabaseName; name: string } & Pick<CommandOptions, 'openShadow'>,
  { schemaPath, migrationsDir, now }: MigrationSource,
): Promise<string | undefined> {
  const { url, close } = await openShadow();
  try {
    await migrate({ url, service, migrationsDir });
    const sql = await diffSchema({ url, schemaPath });
    if (sql === undefined) return undefined;
    const folder = join(migrationsDir, `${stamp(now)}_${name}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'migration.sql'), `${sql.trim()}\n`);
    return join(folder, 'migration.sql');
  } finally {
    await close();
  }
}

/** The time in UTC as 14 digits: names sort in the order in which they are applied. */
const stamp = (now: Date): string => now.toISOString().replace(/\D/g, '').slice(0, 14);
