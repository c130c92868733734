import pg from 'pg';
import { parseDatabaseUrl } from './database-url.ts';
import { databaseTrouble } from './unavailable.ts';

/** How to open connections to a database. */
export interface ConnectionOptions {
  readonly url: string;
  /** What is between us and Postgres. `transaction`: a pooler that assigns a server connection per transaction. */
  readonly pooler?: 'none' | 'transaction';
  /** The timeout for a connection. The URL's `connect_timeout` takes precedence. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may run; 0 for no limit. The setting of the role by default. */
  readonly statementTimeoutMs?: number;
  /** The timeout for the answer to a statement. By default a little longer than the statement may run. */
  readonly answerTimeoutMs?: number;
  /** Called with each error of connecting and of a statement, and with `undefined` after each statement that succeeded. */
  readonly observe?: Observe;
}

type Observe = (error: unknown) => void;

/**
 * The session settings that our SQL, and Prisma's, relies on: Prisma writes and reads times without their zone. As startup
 * parameters they override ALTER DATABASE, ALTER ROLE and the configuration of the server.
 */
const meaning = { TimeZone: 'UTC', DateStyle: 'ISO, MDY', standard_conforming_strings: 'on' };

/** More settings, which PgBouncer refuses in its default configuration. */
const directMeaning = {
  search_path: 'public',
  IntervalStyle: 'postgres',
  default_transaction_isolation: 'read committed',
};

/** A server that is cut off sends nothing, not even its own timeout: the client's timeout is a little longer than the server's. */
const ANSWER_GRACE_MS = 1_000;

interface SessionConfig extends pg.ClientConfig {
  readonly startup: Readonly<Record<string, string>>;
  readonly observe: Observe;
}

/** A function of node-postgres that its types leave out: the content of the startup message. */
const startupOf = (client: pg.Client): Readonly<Record<string, string>> =>
  Reflect.apply(Reflect.get(pg.Client.prototype, 'getStartupConf'), client, []);

/**
 * A connection with the session settings of this project. A class, because a pool of node-postgres makes its
 * connections with `new`.
 */
class SessionClient extends pg.Client {
  readonly #startup: Readonly<Record<string, string>>;
  /** Whether another connection may work better: a connection to a demoted primary stays read-only for ever. */
  isWorn = false;

  constructor(config: SessionConfig) {
    super(config);
    this.#startup = config.startup;
    // Without a listener, the loss of a connection between two statements would end the process. The next statement reports it.
    this.on('error', () => undefined);
    const query = observed(this.query.bind(this) as Call, (error) => {
      config.observe(error);
      const kind = databaseTrouble(error)?.kind;
      if (kind !== undefined && kind !== 'conflict' && kind !== 'locked') this.isWorn = true;
      // The statement may still run, so the connection cannot be used again.
      if (error instanceof Error && error.message === 'Query read timeout') void this.end();
    });
    Object.assign(this, { query });
  }

  /** Called by node-postgres. */
  getStartupConf(): Readonly<Record<string, string>> {
    return { ...startupOf(this), ...this.#startup };
  }
}

type Call = (...args: unknown[]) => unknown;

/** Wraps a function that takes a callback or returns a promise: `settle` gets the outcome before the caller does. */
function observed(call: Call, settle: Observe): Call {
  return (...args) => {
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      return call(...args.slice(0, -1), (error: unknown, ...more: unknown[]) => {
        settle(error ?? undefined);
        callback(error, ...more);
      });
    }
    const result = call(...args);
    if (result instanceof Promise) result.then(() => settle(undefined), settle);
    return result;
  };
}

function configOf(options: ConnectionOptions): SessionConfig {
  const { url, pooler = 'none', connectTimeoutMs, statementTimeoutMs, observe = () => undefined } = options;
  const answerTimeoutMs = options.answerTimeoutMs ?? (statementTimeoutMs ? statementTimeoutMs + ANSWER_GRACE_MS : 0);
  const limit = statementTimeoutMs === undefined ? {} : { statement_timeout: String(statementTimeoutMs) };
  return {
    keepAlive: true,
    ...(connectTimeoutMs === undefined ? {} : { connectionTimeoutMillis: connectTimeoutMs }),
    ...(answerTimeoutMs > 0 ? { query_timeout: answerTimeoutMs } : {}),
    ...parseDatabaseUrl(url),
    observe,
    startup: { ...meaning, ...(pooler === 'none' ? { ...directMeaning, ...limit } : {}) },
  };
}

/** One connection to a database. */
export type Connection = pg.Client;

/** Creates one connection, not yet connected. @throws DatabaseUrlError */
export const createConnection = (options: ConnectionOptions): Connection => new SessionClient(configOf(options));

/** Creates a pool of connections. @throws DatabaseUrlError */
export function createPool(options: ConnectionOptions & { readonly max: number }): pg.Pool {
  const config = configOf(options);
  const pool = new pg.Pool({ ...config, max: options.max, Client: SessionClient as unknown as typeof pg.Client });
  const connect = observed(pool.connect.bind(pool) as Call, (error) => {
    // A successful connection says nothing about statements.
    if (error !== undefined) config.observe(error);
  });
  Object.assign(pool, { connect });
  // An idle connection was lost. The pool replaces it; without a listener the process would end.
  pool.on('error', () => undefined);
  // Only after the end of its transaction: a rollback that fails must not hide the error of a statement in it.
  pool.on('release', (_error, client) => {
    if (client instanceof SessionClient && client.isWorn) void client.end();
  });
  return pool;
}
