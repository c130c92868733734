import { PrismaPg } from '@prisma/adapter-pg';
import { assertUsable, probeOf, type Tables } from './probe.ts';
import { createPool } from './session-client.ts';
import { createDatabaseWatch, type DatabaseListener } from './watch.ts';

/** The options of a database. */
export interface DatabaseOptions {
  readonly url: string;
  /** The pooler between the service and Postgres. `none` by default. */
  readonly pooler?: 'none' | 'transaction';
  /** A URL without the pooler; `undefined` for none. */
  readonly directUrl?: string | undefined;
  /** The most connections; 10 by default. */
  readonly poolMax?: number;
  /** The timeout for a new or free connection; 3 s by default. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may run; 5 s by default. */
  readonly statementTimeoutMs?: number;
}

/** An open database. Nothing is connected before the first use. */
export interface Database<Client> {
  readonly client: Client;
  /**
   * Runs SQL without Prisma, for queries of every request. Each connection prepares the statement once, by its name. Returns
   * rows by column name. Rejects with errors of node-postgres.
   */
  ask<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Resolves when the database can be written to; rejects like a query. Concurrent calls share one run. */
  ping(): Promise<void>;
  /** Calls back when the database cannot do its work, and when it can again. */
  watch(listener: DatabaseListener): void;
  /** Warnings for operators about the options, one sentence each. */
  readonly notes: readonly string[];
  /** Ends every connection after its running statement. May be called again. */
  close(): Promise<void>;
  /** Numbers of connections, free connections and waiting callers. */
  poolStats(): { total: number; idle: number; waiting: number };
}

/** SQL with `$1` and so on, and a unique name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

interface PingableClient {
  $disconnect(): Promise<void>;
  $queryRawUnsafe(query: string): PromiseLike<unknown>;
}

const WITHOUT_DIRECT_URL =
  'DATABASE_POOLER is set and DATABASE_DIRECT_URL is not: migrations are refused, and instead of being notified a leader looks every 200 ms';

/** Creates a Prisma client with its own pool. `tables`: written by the service. `functions`: called by it. */
export function openDatabase<Client extends PingableClient>(
  options: DatabaseOptions & { readonly tables: Tables; readonly functions?: readonly string[] },
  createClient: (options: { adapter: PrismaPg; errorFormat: 'minimal' }) => Client,
): Database<Client> {
  const { url, pooler = 'none', poolMax = 10, connectTimeoutMs = 3_000, statementTimeoutMs = 5_000 } = options;
  const watch = createDatabaseWatch();
  const { observe } = watch;
  const pool = createPool({ url, pooler, max: poolMax, connectTimeoutMs, statementTimeoutMs, observe });
  const client = createClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  const probe = probeOf(options.tables, options.functions);
  let closed: Promise<void> | undefined;
  let pinging: Promise<void> | undefined;
  return {
    client,
    ask: async <Row extends object>({ name, text }: Statement, values: readonly unknown[]) => {
      // A pooler may run the next statement on another connection, which has not prepared it.
      const statement = pooler === 'none' ? { name, text } : { text };
      const { rows } = await pool.query<Row>({ ...statement, values: [...values] });
      return rows;
    },
    ping() {
      // Through the client, so that a ready service has loaded its query compiler.
      pinging ??= Promise.resolve(client.$queryRawUnsafe(probe))
        .then(assertUsable)
        .catch((error: unknown) => {
          watch.fail(error);
          throw error;
        })
        .finally(() => {
          pinging = undefined;
        });
      return pinging;
    },
    watch: watch.listen,
    notes: pooler !== 'none' && options.directUrl === undefined ? [WITHOUT_DIRECT_URL] : [],
    close: () => {
      closed ??= client.$disconnect().then(() => pool.end());
      return closed;
    },
    poolStats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  };
}
