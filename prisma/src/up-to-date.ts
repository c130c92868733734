import { createHash } from 'node:crypto';

import type { MigrationFile } from './migration-files.ts';
import { createConnection } from './session-client.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Whether a database has exactly these migrations, applied, finished and unedited, by its own record. A quick look that
 * spares the schema engine its start; whatever is not plainly so is for the engine to judge.
 */
export async function isUpToDate(url: string, migrations: readonly MigrationFile[]): Promise<boolean> {
  const client = createConnection({ url, connectTimeoutMs: CONNECT_TIMEOUT_MS, statementTimeoutMs: 0 });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string; checksum: string; done: boolean }>(
      `select migration_name as name, checksum, finished_at is not null and rolled_back_at is null as done
       from _prisma_migrations order by migration_name`,
    );
    const recorded = rows.map(({ name, checksum, done }) => `${name} ${checksum} ${done}`);
    const wanted = migrations.map(({ name, sql }) => `${name} ${sha256(sql)} true`);
    return recorded.join() === wanted.join();
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** As Prisma records it. */
function sha256(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}
