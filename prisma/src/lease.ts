import { randomUUID } from 'node:crypto';
import { createPool } from './session-client.ts';

/** The lease of a duty as its holder knows it. */
export interface Lease {
  /** The fencing number: greater than that of every holder before, also after the database was restored from a backup. */
  readonly term: number;
  /** The expiry by the clock of the database, in milliseconds since 1970. Differs with each renewal. */
  readonly untilMs: number;
}

/** The row of a duty in the table `leases`, used with short statements that also work through a transaction pooler. */
export interface LeaseStore {
  /** Takes the lease when it is free or expired. Returns `undefined` while another process holds it. */
  take(): Promise<Lease | undefined>;
  /** Renews the lease. Returns `undefined` when another process took it, or the row is from a restored backup. */
  renew(held: Lease): Promise<Lease | undefined>;
  /** Gives the lease back, so that another process can take it at once. */
  release(held: Lease): Promise<void>;
  /** Sends a notification to the listener of the channel, to check whether it arrives. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

export interface LeaseOptions {
  readonly url: string;
  readonly duty: string;
  /** Notified with each renewal, to see that notifications arrive; empty for a duty that is not woken. */
  readonly channel: string | undefined;
  readonly leaseMs: number;
  /** The timeout for opening a connection, and for the answer to a statement. */
  readonly timeoutMs: number;
}

/** The payload of a probe notification. */
export const probePayload = 'probe';

const untilMs = '(extract(epoch FROM until) * 1000)::bigint';
const nowMs = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const fromNow = (ms: string) => `clock_timestamp() + ${ms}::int * interval '1 millisecond'`;

const readSql = `SELECT term, ${untilMs} AS until_ms, until < clock_timestamp() AS over FROM leases WHERE duty = $1`;

/** The row itself is checked again: of two processes that found it free, one gets it. */
const takeSql = `
  INSERT INTO leases AS l (duty, term, holder, until) VALUES ($1, ${nowMs}, $2, ${fromNow('$3')})
  ON CONFLICT (duty) DO UPDATE SET term = greatest(l.term + 1, ${nowMs}), holder = $2, until = ${fromNow('$3')}
  WHERE l.until < clock_timestamp() OR (l.term = $4::bigint AND ${untilMs.replace('until)', 'l.until)')} = $5::bigint)
  RETURNING term, ${untilMs} AS until_ms`;

/** The row may be later than known, after a renewal without an answer in time; it is earlier after a restored backup. */
const renewSql = (probe = '') => `
  WITH renewed AS (
    UPDATE leases SET until = ${fromNow('$3')}
    WHERE duty = $1 AND holder = $2 AND term = $4::bigint AND ${untilMs} >= $5::bigint
    RETURNING term, ${untilMs} AS until_ms
  ) SELECT term, until_ms${probe} FROM renewed`;

/** Postgres refuses an empty channel: a lease without one is renewed without a probe. */
const renewAndProbeSql = renewSql(`, pg_notify($6, '${probePayload}')`);

const releaseSql = 'UPDATE leases SET until = to_timestamp(0) WHERE duty = $1 AND holder = $2 AND term = $3::bigint';

/** Opens the lease of a duty, on a connection of its own that is replaced after the first statement that fails. */
export function openLeaseStore({ url, duty, channel, leaseMs, timeoutMs }: LeaseOptions): LeaseStore {
  const holder = randomUUID();
  // No statement here needs a session, so the connection is made as for a pooler in every case.
  const pool = createPool({
    url,
    pooler: 'transaction',
    max: 1,
    connectTimeoutMs: timeoutMs,
    answerTimeoutMs: timeoutMs,
  });
  /** The lease of another process, and since when it was not renewed, by our monotonic clock. */
  let seen: (Lease & { readonly sinceMs: number }) | undefined;

  async function ask(text: string, values: readonly unknown[]): Promise<Row | undefined> {
    const { rows } = await pool.query<Row>(text, [...values]);
    return rows[0];
  }

  /** A database clock that was set back must not keep a dead holder in office: an unchanged row expires as well. */
  function isAbandoned(row: Row): boolean {
    const found = leaseOf(row);
    const isSame = seen?.term === found.term && seen.untilMs === found.untilMs;
    if (!isSame || seen === undefined) seen = { ...found, sinceMs: performance.now() };
    return performance.now() - seen.sinceMs > leaseMs * 1.25;
  }

  return {
    async take() {
      const found = await ask(readSql, [duty]);
      if (found !== undefined && !found.over && !isAbandoned(found)) return undefined;
      const taken = await ask(takeSql, [duty, holder, leaseMs, found?.term ?? null, found?.until_ms ?? null]);
      return taken && leaseOf(taken);
    },
    async renew({ term, untilMs: until }) {
      const values = [duty, holder, leaseMs, term, until];
      const renewed = await (channel === undefined
        ? ask(renewSql(), values)
        : ask(renewAndProbeSql, [...values, channel]));
      return renewed && leaseOf(renewed);
    },
    async release({ term }) {
      await ask(releaseSql, [duty, holder, term]);
    },
    async probe() {
      if (channel !== undefined) await ask('SELECT pg_notify($1, $2)', [channel, probePayload]);
    },
    close: () => pool.end(),
  };
}

/** node-postgres returns a bigint as text. */
interface Row {
  readonly term: string;
  readonly until_ms: string;
  readonly over?: boolean;
}

function leaseOf({ term, until_ms }: Row): Lease {
  return { term: Number(term), untilMs: Number(until_ms) };
}
