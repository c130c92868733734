import { LaunchError } from '@auth/dev';
import { startPostgres } from '@auth/dev/postgres/postgres';
import type { Closers } from '@auth/dev/stack/closers';
import { hasRedisServer, startRedisServer } from '@auth/testkit/redis-server';
import { Redis } from 'ioredis';
import pg from 'pg';
import { cpuSecondsBelow } from './cpu-time.ts';

/** A Postgres that is measured, durable as in production. */
export interface MeasuredPostgres {
  readonly version: string;
  url(database: string): string;
  /** Transactions of a database so far, as far as its connections have reported them. */
  transactions(database: string): Promise<number>;
  /** Processor time of all its processes so far, in seconds. */
  cpuSeconds(): number;
}

/** Starts Postgres on a data directory. It is added to the closers at once. */
export async function openMeasuredPostgres(dataDir: string, closers: Closers): Promise<MeasuredPostgres> {
  const { pid, url, stop } = await startPostgres({ dataDir });
  closers.add(stop);
  const client = new pg.Client(url('postgres'));
  client.on('error', () => undefined);
  closers.add(() => client.end());
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  return {
    url,
    version: rows[0]?.server_version ?? '',
    async transactions(database) {
      const found = await client.query<{ count: string }>(
        'select xact_commit + xact_rollback as count from pg_stat_database where datname = $1',
        [database],
      );
      return Number(found.rows[0]?.count);
    },
    cpuSeconds: () => cpuSecondsBelow(pid),
  };
}

/** A Redis that is measured. */
export interface MeasuredRedis {
  readonly url: string;
  readonly version: string;
  /** Commands so far from other clients than this reader, and processor time so far in seconds. */
  read(): Promise<{ commands: number; cpuSeconds: number }>;
}

/** Opens the Redis of `url`, or starts one; `undefined` where neither is possible. It is added to the closers at once. */
export async function openMeasuredRedis(url: string | undefined, closers: Closers): Promise<MeasuredRedis | undefined> {
  if (url !== undefined) return measured(url, closers);
  if (!hasRedisServer()) return undefined;
  const server = await startRedisServer();
  closers.add(server.stop);
  return measured(server.url, closers);
}

async function measured(url: string, closers: Closers): Promise<MeasuredRedis> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  closers.add(() => redis.disconnect());
  await redis.connect().catch((cause: unknown) => {
    const message = `REDIS_URL: no Redis answers at ${new URL(url).host}. Start it, or unset REDIS_URL`;
    throw new LaunchError(message, { cause });
  });
  let reads = 0;
  return {
    url,
    version: textOf(await redis.info('server'), 'redis_version'),
    async read() {
      reads += 1;
      const info = await redis.info('everything');
      const number = (name: string) => Number(textOf(info, name));
      return {
        commands: number('total_commands_processed') - reads,
        cpuSeconds: number('used_cpu_user') + number('used_cpu_sys'),
      };
    },
  };
}

function textOf(info: string, name: string): string {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
}
