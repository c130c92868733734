import { join } from 'node:path';
import { type PostgresAccount, postgresAccount } from './account.ts';
import { findPostgresBinaries, type PostgresBinaries } from './binaries.ts';
import { type Cluster, createTemporaryCluster, openPersistentCluster } from './cluster.ts';
import { PostgresError } from './error.ts';
import { freePort } from './free-port.ts';
import { type GuardedServer, startGuarded } from './guard.ts';
import { findRunningPostgres, takeOver } from './lock.ts';

export { PostgresError, type PostgresErrorCode } from './error.ts';

/** A running embedded Postgres, which listens on 127.0.0.1 only. */
export interface Postgres {
  readonly port: number;
  /** Process id of the server. */
  readonly pid: number;
  /** Connection URL of `database`, as superuser, with the password. */
  url(database: string): string;
  /** Shuts the server down, and removes a temporary cluster. May be called repeatedly. */
  stop(): Promise<void>;
}

/** Settings for speed. A crash of the machine may lose data. */
const THROW_AWAY = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
  // Less WAL, less memory, and no background work beside the tests.
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=128MB',
  'autovacuum=off',
  'shared_buffers=32MB',
];
const COMMON = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'timezone=UTC', 'log_timezone=UTC'];
const PORT_ATTEMPTS = 3;

/**
 * Starts the Postgres that is installed with this package. The server ends with this process, also after SIGKILL.
 * With `dataDir` its data is in `<dataDir>/postgres` and is used again at the next start; without, the cluster is
 * temporary. Root runs the server as "nobody", and keeps the data elsewhere when that user cannot reach `dataDir`, which
 * `onProgress` reports.
 *
 * @throws PostgresError `postgres_unsupported`, `postgres_in_use`, `postgres_version`, `postgres_data_unusable`,
 * `port_in_use`, `postgres_failed`.
 */
export async function startPostgres(options: {
  dataDir?: string;
  port?: number;
  onProgress?: (line: string) => void;
}): Promise<Postgres> {
  const onProgress = options.onProgress ?? (() => undefined);
  const account = postgresAccount();
  const binaries = await findPostgresBinaries(account, onProgress);
  if (options.dataDir === undefined) {
    const cluster = await createTemporaryCluster(binaries, account);
    return start(cluster, { binaries, account, settings: THROW_AWAY, removeAfter: cluster.home, port: options.port });
  }
  const cluster = await openPersistentCluster(options.dataDir, { binaries, account, onProgress });
  await takeOver(cluster.data);
  return start(cluster, { binaries, account, settings: [], port: options.port });
}

/** Like `startPostgres` with `dataDir`, but uses a Postgres that already serves the data, as under `pnpm dev`, and leaves it running. */
export async function usePostgres(options: {
  dataDir: string;
  onProgress?: (line: string) => void;
}): Promise<Pick<Postgres, 'url' | 'stop'>> {
  const onProgress = options.onProgress ?? (() => undefined);
  const account = postgresAccount();
  const binaries = await findPostgresBinaries(account, onProgress);
  const cluster = await openPersistentCluster(options.dataDir, { binaries, account, onProgress });
  const running = await findRunningPostgres(cluster.data);
  if (running?.status !== 'ready') return startPostgres({ dataDir: options.dataDir });
  return { url: (database) => url(cluster, running.port, database), stop: async () => undefined };
}

interface StartOptions {
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  readonly settings: readonly string[];
  readonly removeAfter?: string;
  readonly port: number | undefined;
}

async function start(cluster: Cluster, options: StartOptions): Promise<Postgres> {
  const { server, port } = await listen(cluster, options, PORT_ATTEMPTS);
  const running = await findRunningPostgres(cluster.data);
  if (running === undefined) {
    await server.stop();
    throw new PostgresError('postgres_failed', `Postgres ended as soon as it had started:\n${server.log()}`);
  }
  return { port, pid: running.pid, url: (database) => url(cluster, port, database), stop: server.stop };
}

async function listen(
  cluster: Cluster,
  options: StartOptions,
  attempts: number,
): Promise<{ server: GuardedServer; port: number }> {
  const { binaries, account, removeAfter } = options;
  const port = options.port ?? (await freePort());
  const settings = [...COMMON, `port=${port}`, ...options.settings].flatMap((setting) => ['-c', setting]);
  const command = [join(binaries.bin, 'postgres'), '-D', cluster.data, ...settings];
  try {
    return { server: await startGuarded(command, { account, ...(removeAfter && { removeAfter }) }), port };
  } catch (error) {
    const taken = error instanceof PostgresError && error.code === 'port_in_use';
    // Another process may take the chosen port before Postgres does: another port is tried.
    if (!taken || options.port !== undefined || attempts <= 1) throw error;
    return listen(cluster, options, attempts - 1);
  }
}

const url = (cluster: Cluster, port: number, database: string): string =>
  `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
