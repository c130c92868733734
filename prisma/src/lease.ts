import { randomUUID } from 'node:crypto';
import { createPool } from './session-client.ts';

/** The lease of a duty as its holder knows it. */
export interface Lease {
  /** The fencing number: greater than that of every holder before, also after the database was restored from a backup. */
  readonly term: number;
  /** When it ends by the clock of the database, in milliseconds since 1970. Tells one renewal from another. */
  readonly untilMs: number;
}

/** The row of a duty in the table `leases`, through short statements that a transaction pooler may spread at will. */
export interface LeaseStore {
  /** Takes the lease when it is free or over; `undefined` while another process holds it. */
  take(): Promise<Lease | undefined>;
  /** `undefined` when the row is not as this holder left it: taken by another process, or restored from a backup. */
  renew(held: Lease): Promise<Lease | undefined>;
  /** Gives the lease back, so that another process can take it at once. */
  release(held: Lease): Promise<void>;
  /** Sends a notification to the listener of the channel, to see whether it arrives. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

export interface LeaseOptions {
  readonly url: string;
  readonly duty: string;
  /** The channel that each renewal sends a probe to; `undefined` for none. */
  readonly channel: string | undefined;
  readonly leaseMs: number;
  /** How long a connection may take to open, and then a statement to be answered. */
  readonly timeoutMs: number;
}

/** The payload of a notification that tells nothing but that notifications arrive. */
export const probePayload = 'probe';

const untilMs = '(extract(epoch FROM until) * 1000)::bigint';
const nowMs = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const fromNow = (ms: string) => `clock_timestamp() + ${ms}::int * interval '1 millisecond'`;

const readSql = `SELECT term, ${untilMs} AS until_ms, until < clock_timestamp() AS over FROM leases WHERE duty = $1`;

/** Checked again at the row itself: of two processes that found it free, one gets it. */
const takeSql = `
  INSERT INTO leases AS l (duty, term, holder, until) VALUES ($1, ${nowMs}, $2, ${fromNow('$3')})
  ON CONFLICT (duty) DO UPDATE SET term = greatest(l.term + 1, ${nowMs}), holder = $2, until = ${fromNow('$3')}
  WHERE l.until < clock_timestamp() OR (l.term = $4::bigint AND ${untilMs.replace('until)', 'l.until)')} = $5::bigint)
  RETURNING term, ${untilMs} AS until_ms`;

/** Later than it was known to be after a renewal that was not answered in time; earlier after a restored backup. */
const renewSql = (probe = '') => `
  WITH renewed AS (
    UPDATE leases SET until = ${fromNow('$3')}
    WHERE duty = $1 AND holder = $2 AND term = $4::bigint AND ${untilMs} >= $5::bigint
    RETURNING term, ${untilMs} AS until_ms
  ) SELECT term, until_ms${probe} FROM renewed`;

/** Postgres refuses an empty channel: a lease without one is renewed without a probe. */
const renewAndProbeSql = renewSql(`, pg_notify($6, '${probePayload}')`);

const releaseSql = 'UPDATE leases SET until = to_timestamp(0) WHERE duty = $1 AND holder = $2 AND term = $3::bigint';

/** Opens the lease of a duty, on a connection of its own that is given up with the first statement that fails. */
export function openLeaseStore({ url, duty, channel, leaseMs, timeoutMs }: LeaseOptions): LeaseStore {
  const holder = randomUUID();
  // Nothing here needs a session: as if there was a pooler, whether there is one or not.
  const pool = createPool({
    ...{ url, pooler: 'transaction', max: 1, connectTimeoutMs: timeoutMs, answerTimeoutMs: timeoutMs },
  });
  /** The lease of another process, and since when it has not been renewed, by our monotonic clock. */
  let seen: (Lease & { readonly sinceMs: number }) | undefined;

  async function ask(text: string, values: readonly unknown[]): Promise<Row | undefined> {
    const { rows } = await pool.query<Row>(text, [...values]);
    return rows[0];
  }

  /** A clock of the database that was put back must not keep a dead holder alive: an unchanged row is over as well. */
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

/** node-postgres gives a bigint as text. */
interface Row {
  readonly term: string;
  readonly until_ms: string;
  readonly over?: boolean;
}

function leaseOf({ term, until_ms }: Row): Lease {
  return { term: Number(term), untilMs: Number(until_ms) };
}
