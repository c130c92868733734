import { PrismaPg } from '@prisma/adapter-pg';
import type { Tables } from './probe.ts';
import { assertUsable, probeOf } from './probe.ts';
import { createPool } from './session-client.ts';
import type { DatabaseListener } from './watch.ts';
import { createDatabaseWatch } from './watch.ts';

/** How a service opens its database. */
export interface DatabaseOptions {
  readonly url: string;
  /** The pooler between the service and Postgres. `none` by default. */
  readonly pooler?: 'none' | 'transaction';
  /** A URL that goes past the pooler; `undefined` where there is none. */
  readonly directUrl?: string | undefined;
  /** Connections at most. 10 unless given. */
  readonly poolMax?: number;
  /** How long to wait for a connection, be it a new one or a free one of the pool. 3 s unless given. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may run. 5 s unless given. */
  readonly statementTimeoutMs?: number;
}

/** An open database. Nothing is connected before the first use. */
export interface Database<Client> {
  readonly client: Client;
  /**
   * Asks past Prisma, for what stands before every request: as a statement that each connection prepares once, by its
   * name. Rows by column name. Rejects with what node-postgres throws.
   */
  ask<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Resolves when the database can be written to; rejects as a query would. Calls at the same time share one run. */
  ping(): Promise<void>;
  /** From now on tells when the database cannot do its work, and when it can again. */
  watch(listener: DatabaseListener): void;
  /** Warnings for an operator about how the database is opened: one sentence each. */
  readonly notes: readonly string[];
  /** Ends every connection after its running statement. May be called again. */
  close(): Promise<void>;
  /** Connections that exist, that are free, and callers that wait for one. */
  poolStats(): { total: number; idle: number; waiting: number };
}

/** SQL with `$1` and so on, and a name that no other SQL has. */
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

/** Builds a Prisma client on a pool of its own. `tables` are those that the service writes to, `functions` those that it calls. */
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
      // A pooler may have the next statement run on another connection, which has not prepared it.
      const statement = pooler === 'none' ? { name, text } : { text };
      const { rows } = await pool.query<Row>({ ...statement, values: [...values] });
      return rows;
    },
    ping() {
      // Through the client, so that a service that is ready has its query compiler loaded.
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
