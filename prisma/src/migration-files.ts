import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { MigrationError } from './migration-error.ts';

/** One migration: its folder's name, and its SQL. */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
}

/**
 * Whether a migration says with its first line, `-- no transaction`, that it runs outside a transaction: CREATE INDEX
 * CONCURRENTLY refuses to run in one.
 */
export const runsAlone = ({ sql }: MigrationFile): boolean => /^-- no transaction\r?\n/.test(sql);

/**
 * Reads `<dir>/<name>/migration.sql` of every folder, in the order of the names: the order in which they are applied.
 *
 * @throws MigrationError `migration_unreadable`.
 */
export async function readMigrations(dir: string): Promise<MigrationFile[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((cause: unknown) => {
    throw new MigrationError('migration_unreadable', `No folder of migrations at ${dir}`, { cause });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map(async (name) => ({ name, sql: await readSql(dir, name) })));
}

const readSql = (dir: string, name: string): Promise<string> =>
  readFile(join(dir, name, 'migration.sql'), 'utf8').catch((cause: unknown) => {
    const message = `The migration ${name} has no migration.sql in ${dir}. Restore the file, or remove the empty folder`;
    throw new MigrationError('migration_unreadable', message, { cause, migration: name });
  });
