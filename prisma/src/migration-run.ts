import { MigrationError } from './migration-error.ts';
import { type MigrationFile, runsAlone } from './migration-files.ts';
import { type MigrationRecord, recordFailure, recordFinish, recordRollback, recordStart } from './migration-history.ts';
import type { Service } from './services.ts';
import type { Connection } from './session-client.ts';
import { databaseTrouble } from './unavailable.ts';

/** SQLSTATE codes with specific advice. */
const [ACTIVE_TRANSACTION, SYNTAX_ERROR] = ['25001', '42601'];

/** Invalid indexes of a concurrent build: they slow writes and serve no query. */
const invalidIndexesSql = `SELECT i.indexrelid::regclass::text AS name FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1`;

/** The client holds the lock of migrations. `unfinished` are entries of `pending` that an earlier run has left. */
interface Run {
  readonly client: Connection;
  readonly service: Service;
  readonly pending: readonly MigrationFile[];
  readonly unfinished: readonly MigrationRecord[];
}

/**
 * Applies migrations in order: each with `-- no transaction` alone, those between in one transaction.
 *
 * @throws MigrationError; any other error comes from the connection
 */
export async function applyMigrations(run: Run): Promise<void> {
  for (const batch of batchesOf(run.pending)) {
    const [alone] = batch.filter(runsAlone);
    await (alone === undefined ? applyTogether(run, batch) : applyAlone(run, alone));
  }
}

/** Groups of files: one that runs alone, or all up to the next one of that kind. */
function batchesOf(files: readonly MigrationFile[]): MigrationFile[][] {
  const batches: MigrationFile[][] = [];
  for (const [index, file] of files.entries()) {
    const before = files[index - 1];
    const current = batches.at(-1);
    if (current === undefined || runsAlone(file) || (before !== undefined && runsAlone(before))) batches.push([file]);
    else current.push(file);
  }
  return batches;
}

async function applyTogether({ client, service }: Run, files: readonly MigrationFile[]): Promise<void> {
  await client.query('BEGIN');
  try {
    for (const file of files) {
      const id = await recordStart(client, file);
      await client.query('SAVEPOINT migration');
      await client.query(file.sql).catch((error: unknown) => {
        throw isLost(error) ? error : failure(service, file, error);
      });
      await client.query('RELEASE SAVEPOINT migration').catch((error: unknown) => {
        throw isLost(error) ? error : endedTransaction(service, file, error);
      });
      await recordFinish(client, id);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Repeats an interrupted run. The lock shows that it has ended; an invalid index that it left must be dropped first. */
async function applyAlone({ client, service, unfinished }: Run, file: MigrationFile): Promise<void> {
  const invalid = await readInvalidIndexes(client);
  if (invalid.length > 0) {
    const message = `${service}: the migration ${file.name} cannot start. ${adviceOn(invalid)}`;
    throw new MigrationError('migration_unfinished', message, { migration: file.name });
  }
  for (const { id, name } of unfinished) if (name === file.name) await recordRollback(client, id);
  const id = await recordStart(client, file);
  // A prepared statement cannot hold two commands: Postgres itself checks that the file has one.
  const statement = { text: file.sql, queryMode: 'extended' };
  try {
    await client.query(statement);
  } catch (error) {
    if (isLost(error)) throw error;
    await recordFailure(client, id, reasonOf(error));
    throw failure(service, file, error, await readInvalidIndexes(client));
  }
  await recordFinish(client, id);
}

async function readInvalidIndexes(client: Connection): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(invalidIndexesSql);
  return rows.map(({ name }) => name);
}

const isLost = (error: unknown): boolean => databaseTrouble(error)?.kind === 'unreachable';

function failure(
  service: Service,
  file: MigrationFile,
  error: unknown,
  invalid: readonly string[] = [],
): MigrationError {
  const { name } = file;
  const isAlone = runsAlone(file);
  const advice = [
    ...(invalid.length > 0 ? [adviceOn(invalid)] : []),
    ...(isAlone && codeOf(error) === SYNTAX_ERROR ? ['Without a transaction it can hold one statement only.'] : []),
    ...(!isAlone && codeOf(error) === ACTIVE_TRANSACTION
      ? ['Move that statement into a migration of its own, with the first line -- no transaction.']
      : []),
    `Correct prisma/${service}/migrations/${name}/migration.sql and run again.`,
  ];
  const kept = isAlone ? 'failed' : 'failed and nothing of it was kept';
  const message = `${service}: the migration ${name} ${kept}: ${reasonOf(error)}. ${advice.join(' ')}`;
  return new MigrationError('migration_failed', message, { cause: error, migration: name });
}

const adviceOn = (invalid: readonly string[]): string => {
  const drops = invalid.map((name) => `DROP INDEX CONCURRENTLY ${name};`).join(' ');
  return `Invalid indexes are in the database, from a build that failed, was interrupted or still runs. Drop them and run again: ${drops}`;
};

function endedTransaction(service: Service, { name }: MigrationFile, cause: unknown): MigrationError {
  const message = `${service}: the migration ${name} contains COMMIT or ROLLBACK, so parts of it may have been kept`;
  const fix = 'Repair the database by hand and remove these statements';
  return new MigrationError('migration_failed', `${message}. ${fix}.`, { cause, migration: name });
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** The message of Postgres, with its code. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return codeOf(error) === undefined ? error.message : `${error.message} (${codeOf(error)})`;
}
