import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, type CommandRun, defineCommand } from '@auth/command';
import { migrate, migrationsFolder } from '@auth/db/migrate';
import { devCommands } from '../commands.ts';
import { type DatabaseName, repositoryRoot } from '../stack/services.ts';
import { parseDatabaseName } from './arguments.ts';
import { diffSchema } from './diff-schema.ts';

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

/** Creates `pnpm db:diff`. `openShadow` opens an empty database; it gets the environment variables of the command. */
export function createDiffCommand({
  now,
  openShadow,
}: {
  readonly now: Date;
  readonly openShadow: (env: CommandRun['variables'] & object) => Promise<ShadowDatabase>;
}): Command {
  return defineCommand({
    ...devCommands['db:diff'],
    async run({ words: [first, name], variables, print, refuse }) {
      if (first === undefined || name === undefined) return refuse('two arguments are needed');
      const service = parseDatabaseName(first, { refuse });
      if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) refuse(`"${name}" cannot name a migration`);
      const asked = { service, name, openShadow: () => openShadow(variables) };
      const file = await createMigration(asked, { ...sourceOf(service), now });
      print(file === undefined ? `${service}: no change` : `${service}: wrote ${file}. Read it, then: pnpm db:migrate`);
    },
  });
}

/** The schema and the migrations of a service, as absolute paths. */
export const sourceOf = (service: DatabaseName) => ({
  schemaPath: join(repositoryRoot, 'prisma', service, 'schema.prisma'),
  migrationsDir: migrationsFolder(service),
});

/** Writes the migration from the state of the migrations to the schema. Returns its path; `undefined` if they agree. */
export async function createMigration(
  { service, name, openShadow }: { service: DatabaseName; name: string; openShadow: () => Promise<ShadowDatabase> },
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

/** Formats a time in UTC as 14 digits, so that names sort in the order of migrations. */
const stamp = (now: Date): string => now.toISOString().replace(/\D/g, '').slice(0, 14);
