import { createHash } from 'node:crypto';

import type { MigrationFile } from './migration-files.ts';
import type { Connection } from './session-client.ts';

/** What the table `_prisma_migrations` says of one migration. Entries that were rolled back are left out. */
export interface MigrationRecord {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
}

/** The files of migrations compared with the history of a database. */
export interface HistoryComparison {
  /** Files to apply, in order. */
  readonly pending: readonly MigrationFile[];
  /** The first applied migration with another text than its file. */
  readonly edited: string | undefined;
  /** The migrations that were started and not finished. */
  readonly unfinished: readonly MigrationRecord[];
}

/** The table of Prisma's own migrate command, column by column. */
const createSql = `CREATE TABLE IF NOT EXISTS public._prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

const readSql = `SELECT id, migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished"
  FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name`;

/** Prisma orders by `started_at`, so each row gets a time of its own, also within one transaction. */
const startSql = `INSERT INTO public._prisma_migrations (id, checksum, migration_name, started_at)
  VALUES (gen_random_uuid(), $1, $2, clock_timestamp()) RETURNING id`;

const finishSql = `UPDATE public._prisma_migrations
  SET finished_at = clock_timestamp(), applied_steps_count = 1, logs = NULL WHERE id = $1`;

/** Tables, views and enums of the schema `public`, except those of extensions. */
const isEmptySql = `SELECT NOT EXISTS (
    SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ) AND NOT EXISTS (
    SELECT FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype = 'e'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
  ) AS "isEmpty"`;

/** Reads the history of a database: `undefined` where it has none. */
export async function readHistory(client: Connection): Promise<readonly MigrationRecord[] | undefined> {
  const table = `SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS "isThere"`;
  const { rows } = await client.query<{ isThere: boolean }>(table);
  return rows[0]?.isThere ? (await client.query<MigrationRecord>(readSql)).rows : undefined;
}

/** Whether a database without a history is empty, so that migrations can start from nothing. */
export async function isEmptyDatabase(client: Connection): Promise<boolean> {
  return (await client.query<{ isEmpty: boolean }>(isEmptySql)).rows[0]?.isEmpty === true;
}

/** Compares files and history. Applied migrations without a file are those of a newer build, and are no error. */
export function compareHistory(
  history: readonly MigrationRecord[],
  files: readonly MigrationFile[],
): HistoryComparison {
  const finished = new Map(history.filter(({ isFinished }) => isFinished).map((record) => [record.name, record]));
  return {
    pending: files.filter(({ name }) => !finished.has(name)),
    edited: files.find((file) => finished.has(file.name) && !hasChecksum(file, finished.get(file.name)?.checksum))
      ?.name,
    unfinished: history.filter(({ isFinished }) => !isFinished),
  };
}

/** Records the start of a migration: the id of its entry. Creates the table where it is missing. */
export async function recordStart(client: Connection, { name, sql }: MigrationFile): Promise<string> {
  await client.query(createSql);
  const { rows } = await client.query<{ id: string }>(startSql, [sha256(sql), name]);
  return rows[0]?.id ?? '';
}

/** Records that a migration was applied. */
export async function recordFinish(client: Connection, id: string): Promise<void> {
  await client.query(finishSql, [id]);
}

/** Records why a migration failed. The entry stays unfinished. */
export async function recordFailure(client: Connection, id: string, reason: string): Promise<void> {
  await client.query('UPDATE public._prisma_migrations SET logs = $2 WHERE id = $1', [id, reason]);
}

/** Records that the start of a migration does not count any more, as `prisma migrate resolve --rolled-back` does. */
export async function recordRollback(client: Connection, id: string): Promise<void> {
  await client.query('UPDATE public._prisma_migrations SET rolled_back_at = clock_timestamp() WHERE id = $1', [id]);
}

/** The line endings of a checkout do not make another migration: Prisma compares in the same way. */
function hasChecksum({ sql }: MigrationFile, checksum: string | undefined): boolean {
  const lines = sql.replaceAll('\r\n', '\n');
  return [sql, lines, lines.replaceAll('\n', '\r\n')].some((text) => sha256(text) === checksum);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
