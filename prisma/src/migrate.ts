import { setTimeout as sleep } from 'node:timers/promises';

import { databaseTrouble } from './errors.ts';
import { MigrationError } from './migration-error.ts';
import { type MigrationFile, readMigrations, runsAlone } from './migration-files.ts';
import { compareHistory, isEmptyDatabase, type MigrationRecord, readHistory } from './migration-history.ts';
import { applyMigrations, reasonOf } from './migration-run.ts';
import { migrationsFolder, type Service } from './services.ts';
import { type Connection, createConnection } from './session-client.ts';
import { troubleWords } from './trouble-kinds.ts';

export { MigrationError, type MigrationErrorCode } from './migration-error.ts';
export { migrationsFolder, type Service, services } from './services.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const LOCK_POLL_MS = 100;

/** The lock that `prisma migrate` takes. The end of the connection releases it. */
const LOCK_SQL = 'SELECT pg_try_advisory_lock(72707369) AS "isTaken"';

interface MigrateOptions {
  readonly url: string;
  readonly service: Service;
  readonly migrationsDir?: string;
}

/**
 * Migrates a database, as `prisma migrate deploy` does and with the same history: `applied` holds the
 * names of the migrations that were missing. All of them are applied, or, when one fails, none. The exception is a migration
 * with the first line `-- no transaction`, which holds a single statement such as CREATE INDEX CONCURRENTLY: migrations up to it
 * stay applied.
 * Safe to call from several replicas at once. A migration must not contain COMMIT.
 *
 * @throws MigrationError
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const { url, service, migrationsDir = migrationsFolder(service) } = options;
  const files = await readMigrations(migrationsDir);
  // The role's limit on the time of a statement must not end a migration.
  const client = createConnection({ url, connectTimeoutMs: CONNECT_TIMEOUT_MS, statementTimeoutMs: 0 });
  try {
    await client.connect();
    if (isUpToDate(await readHistory(client), files)) return { applied: [] };
    await assertDirect(client, options);
    await takeLock(client);
    const work = await findWork(client, service, files);
    await applyMigrations({ client, service, ...work });
    return { applied: work.pending.map(({ name }) => name) };
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    const trouble = databaseTrouble(error);
    if (trouble !== undefined) throw unreachable(options, trouble.reason, error);
    throw new MigrationError('migration_refused', `${service}: the database was not migrated: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether the history is complete. It is read without the lock, so an incomplete one may be changing. */
function isUpToDate(history: readonly MigrationRecord[] | undefined, files: readonly MigrationFile[]): boolean {
  if (history === undefined) return false;
  const { pending, edited, unfinished } = compareHistory(history, files);
  return pending.length === 0 && edited === undefined && unfinished.length === 0;
}

/**
 * Rejects a pooler: the lock of a session would stay with one of its server connections. A pooler answers with a process
 * id of its own, and may drop the settings of the session.
 */
async function assertDirect(client: Connection, options: MigrateOptions): Promise<void> {
  const { rows } = await client.query<{ pid: number; search_path: string }>(
    `SELECT pg_backend_pid() AS pid, current_setting('search_path') AS search_path`,
  );
  if (rows[0]?.search_path === 'public' && rows[0].pid === Reflect.get(client, 'processID')) return;
  throw unreachable(options, `${troubleWords.pooler}: this connection is not one of Postgres itself`);
}

/**
 * Waits until no other process migrates this database. Polls, since a statement that waits keeps a snapshot, and
 * CREATE INDEX CONCURRENTLY in the other process would wait for that snapshot: a deadlock.
 */
async function takeLock(client: Connection): Promise<void> {
  while ((await client.query<{ isTaken: boolean }>(LOCK_SQL)).rows[0]?.isTaken !== true) await sleep(LOCK_POLL_MS);
}

/** Checks the history against the files, and finds what is to be applied. */
async function findWork(client: Connection, service: Service, files: readonly MigrationFile[]) {
  const history = await readHistory(client);
  if (history === undefined && !(await isEmptyDatabase(client))) {
    const message = `${service}: the database is not empty, and has no history of migrations`;
    const fix = 'Name an empty one, or record what it has with: prisma migrate resolve --applied <migration>';
    throw new MigrationError('migration_refused', `${message}. ${fix}`);
  }
  const { pending, edited, unfinished } = compareHistory(history ?? [], files);
  if (edited !== undefined) {
    const message = `${service}: the migration ${edited} was edited after it had been applied to this database`;
    const fix = 'Restore its migration.sql and put the change into a new migration (pnpm db:diff)';
    throw new MigrationError('migration_edited', `${message}. ${fix}.`, { migration: edited });
  }
  const repeatable = new Set(pending.filter(runsAlone).map(({ name }) => name));
  const stuck = unfinished.find(({ name }) => !repeatable.has(name))?.name;
  if (stuck !== undefined) {
    const message = `${service}: the migration ${stuck} was begun by another tool and never finished`;
    const fix = `Repair the database by hand, then: prisma migrate resolve --applied|--rolled-back ${stuck}`;
    throw new MigrationError('migration_unfinished', `${message}. ${fix}`, { migration: stuck });
  }
  return { pending, unfinished };
}

function unreachable({ url, service }: MigrateOptions, reason: string, cause?: unknown): MigrationError {
  const { host, pathname } = new URL(url);
  const message = `${service}: the database at ${host}${pathname} cannot be migrated: ${reason}`;
  return new MigrationError('database_unreachable', message, { cause });
}
