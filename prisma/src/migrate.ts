import { readFile } from 'node:fs/promises';

import { isDriverAdapterError } from '@prisma/driver-adapter-utils';

import { withSchemaEngine } from './engine.ts';
import { databaseTrouble } from './errors.ts';
import { MigrationError } from './migration-error.ts';
import type { MigrationFile } from './migration-files.ts';
import { readMigrations } from './migration-files.ts';
import type { Service } from './services.ts';
import { servicePaths } from './services.ts';
import { inTransaction } from './transaction.ts';
import { isUpToDate } from './up-to-date.ts';

export { diffSchema } from './diff.ts';
export { MigrationError, type MigrationErrorCode } from './migration-error.ts';
export { type Service, servicePaths, services } from './services.ts';

/** The lock that `prisma migrate` takes. Held to the end of our transaction, it lets replicas migrate one by one. */
const TAKE_LOCK = 'SELECT pg_advisory_xact_lock(72707369)';

/**
 * Brings a database up to date, as `prisma migrate deploy` does and with the same book-keeping: `applied` holds the
 * names of the migrations that were missing. All of them are applied, or, when one fails, none.
 * Safe to call from several replicas at once. A migration must not contain COMMIT, nor what refuses to run in a
 * transaction (CREATE INDEX CONCURRENTLY).
 *
 * @throws MigrationError
 */
export async function migrate(options: {
  url: string;
  service: Service;
  migrationsDir?: string;
  schemaPath?: string;
}): Promise<{ applied: string[] }> {
  const { url, service } = options;
  const { migrationsDir: baseDir, schemaPath } = { ...servicePaths(service), ...definedOf(options) };
  const [migrations, schema] = await Promise.all([readMigrations(baseDir), readFile(schemaPath, 'utf8')]);
  if (await isUpToDate(url, migrations)) return { applied: [] };
  const input = {
    migrationsList: migrationsList(baseDir, migrations),
    filters: { externalTables: [], externalEnums: [] },
  };
  let failed: { script: string; error: unknown } | undefined;
  const onScriptError = (script: string, error: unknown): void => {
    failed = { script, error };
  };
  try {
    return await inTransaction({ url, onScriptError }, async (adapter) => {
      await adapter.executeRaw({ sql: TAKE_LOCK, args: [], argTypes: [] });
      return withSchemaEngine({ schema, adapter }, async (engine) => {
        const history = await engine.diagnoseMigrationHistory({ ...input, optInToShadowDatabase: false });
        assertTrue(service, history);
        return { applied: (await engine.applyMigrations(input)).appliedMigrationNames };
      });
    });
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    const migration = migrations.find(({ sql }) => sql === failed?.script)?.name;
    const trouble = databaseTrouble(failed?.error ?? error);
    // What a migration asks for in vain is its own fault, as is a table that is missing: unless the connection was lost.
    if (trouble !== undefined && (migration === undefined || trouble.kind === 'unreachable'))
      throw unreachable(options, trouble.reason, error);
    if (migration !== undefined) throw failure(service, migration, failed?.error);
    throw new MigrationError('migration_refused', `${service}: the database was not migrated: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

const definedOf = (options: { migrationsDir?: string; schemaPath?: string }) => ({
  ...(options.migrationsDir !== undefined && { migrationsDir: options.migrationsDir }),
  ...(options.schemaPath !== undefined && { schemaPath: options.schemaPath }),
});

const migrationsList = (baseDir: string, migrations: readonly MigrationFile[]) => ({
  baseDir,
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
  shadowDbInitScript: '',
  migrationDirectories: migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
  })),
});

/** Checks what is recorded against what is on disk. */
function assertTrue(
  service: Service,
  history: { editedMigrationNames: string[]; failedMigrationNames: string[] },
): void {
  const [edited] = history.editedMigrationNames;
  if (edited !== undefined) {
    const message = `${service}: the migration ${edited} was edited after it had been applied to this database`;
    const fix = 'Restore its migration.sql and put the change into a new migration (pnpm db:diff)';
    throw new MigrationError('migration_edited', `${message}. ${fix}.`, { migration: edited });
  }
  const [unfinished] = history.failedMigrationNames;
  if (unfinished !== undefined) {
    const message = `${service}: the migration ${unfinished} was begun by another tool and never finished`;
    const fix = `Repair the database by hand, then: prisma migrate resolve --applied|--rolled-back ${unfinished}`;
    throw new MigrationError('migration_unfinished', `${message}. ${fix}`, { migration: unfinished });
  }
}

const failure = (service: Service, migration: string, error: unknown): MigrationError =>
  new MigrationError(
    'migration_failed',
    `${service}: the migration ${migration} failed and nothing of it was kept: ${reasonOf(error)}. ` +
      `Correct prisma/${service}/migrations/${migration}/migration.sql and run again.`,
    { cause: error, migration },
  );

function unreachable({ url, service }: { url: string; service: Service }, reason: string, cause: unknown) {
  const { host, pathname } = new URL(url);
  const message = `${service}: the database at ${host}${pathname} cannot be migrated: ${reason}`;
  return new MigrationError('database_unreachable', message, { cause });
}

/** Postgres' own words where there are any. */
function reasonOf(error: unknown): string {
  if (isDriverAdapterError(error)) {
    const { originalCode, originalMessage, kind } = error.cause;
    return originalMessage === undefined ? kind : `${originalMessage} (${originalCode})`;
  }
  return error instanceof Error ? error.message : String(error);
}
