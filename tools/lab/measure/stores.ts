import { startPostgres } from '@auth/dev/postgres/postgres';
import pg from 'pg';
import { cpuSecondsBelow } from './cpu-time.ts';

/** A Postgres that is measured: the settings are those of production, it keeps what it is told. */
export interface MeasuredPostgres {
  readonly version: string;
  url(database: string): string;
  /** Transactions of a database so far, as far as its connections have reported them. */
  transactions(database: string): Promise<number>;
  /** Processor time of its processes so far, in seconds. */
  cpuSeconds(): number;
  close(): Promise<void>;
}

/** Starts a Postgres on data of its own. */
export async function openMeasuredPostgres(dataDir: string): Promise<MeasuredPostgres> {
  const { pid, url, stop } = await startPostgres({ dataDir });
  const client = new pg.Client(url('postgres'));
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return {
      ...{ url, version: rows[0]?.server_version ?? '' },
      async transactions(database) {
        const { rows } = await client.query<{ count: string }>(
          'select xact_commit + xact_rollback as count from pg_stat_database where datname = $1',
          [database],
        );
        return Number(rows[0]?.count);
      },
      cpuSeconds: () => cpuSecondsBelow(pid),
      async close() {
        await client.end();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
