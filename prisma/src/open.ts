import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

/** How a service opens its database. */
export interface DatabaseOptions {
  readonly url: string;
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
  /** Resolves when the database answers; rejects as a query would. */
  ping(): Promise<void>;
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

/** A server that is cut off sends nothing, not even its own timeout: give up a little later than it would have. */
const ANSWER_GRACE_MS = 1_000;

/** Builds a Prisma client on a pool of its own. */
export function openDatabase<Client extends PingableClient>(
  options: DatabaseOptions,
  createClient: (options: { adapter: PrismaPg; errorFormat: 'minimal' }) => Client,
): Database<Client> {
  const { url, poolMax = 10, connectTimeoutMs = 3_000, statementTimeoutMs = 5_000 } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
  });
  // An idle connection was lost. The pool replaces it; without a listener the process would end.
  pool.on('error', () => undefined);
  // So would it for a connection that is in use, in the moment between two statements: the next one tells of it.
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  const client = createClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  let closed: Promise<void> | undefined;
  return {
    client,
    ask: async <Row extends object>(statement: Statement, values: readonly unknown[]) => {
      const { rows } = await pool.query<Row>({ ...statement, values: [...values] });
      return rows;
    },
    // Through the client, so that a service that is ready has its query compiler loaded.
    ping: async () => {
      await client.$queryRawUnsafe('select 1');
    },
    close: () => {
      closed ??= client.$disconnect().then(() => pool.end());
      return closed;
    },
    poolStats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  };
}
