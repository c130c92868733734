import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** What the one that leads is given. */
export interface Term {
  /** Aborted when the lead is lost, or given back. */
  readonly signal: AbortSignal;
  /** Notifications of the channel so far. */
  readonly notified: number;
  /**
   * Resolves at the next notification, or after so many milliseconds, or when the lead is lost; at once when there were
   * notifications since `notified` was as given.
   */
  wait(ms: number, since?: number): Promise<void>;
}

export interface LeaderOptions {
  readonly url: string;
  /** What only one process at a time may do, among all that share the database. */
  readonly duty: string;
  /** A `NOTIFY` channel that wakes the one that leads. */
  readonly channel: string;
  /** Does the duty until the signal is aborted. May be called again, when the lead was lost and won back. */
  readonly lead: (term: Term) => Promise<void>;
  /** Told what ended a term, or kept one from beginning: once for as long as it is the same. */
  readonly onError: (error: unknown) => void;
  /** How often a process that does not lead tries to; 1000 unless given. */
  readonly retryMs?: number;
}

/**
 * Does a duty in one process at a time, by a session-level advisory lock of Postgres on a connection of its own. Another
 * takes over within a moment when that process, or its connection, is gone. For that moment there may be two: what they
 * do must be safe to be done twice.
 */
export function openLeader(options: LeaderOptions): { close(): Promise<void> } {
  const { retryMs = 1000, onError } = options;
  const closing = new AbortController();
  let told: string | undefined;
  const running = (async () => {
    while (!closing.signal.aborted) {
      try {
        await serve(options, closing.signal);
        told = undefined;
      } catch (error) {
        if (String(error) !== told) onError(error);
        told = String(error);
      }
      await delay(retryMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

/** One connection: until it is lost or the lead is given back. */
async function serve({ url, duty, channel, lead, retryMs = 1000 }: LeaderOptions, closing: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000, keepAlive: true });
  const lost = new AbortController();
  client.on('error', () => lost.abort());
  client.on('end', () => lost.abort());
  const signal = AbortSignal.any([lost.signal, closing]);
  try {
    await client.connect();
    while (!signal.aborted) {
      const { rows } = await client.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS won', [duty]);
      if (rows[0]?.won === true) {
        await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
        await lead(termOf(client, signal));
        return;
      }
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    // Ending the connection gives the lock back.
    await client.end().catch(() => undefined);
  }
}

function termOf(client: pg.Client, signal: AbortSignal): Term {
  let notified = 0;
  client.on('notification', () => {
    notified += 1;
  });
  return {
    signal,
    get notified() {
      return notified;
    },
    async wait(ms, since = notified) {
      if (notified > since) return;
      const woken = new AbortController();
      const wake = () => woken.abort();
      client.once('notification', wake);
      await delay(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined);
      client.off('notification', wake);
    },
  };
}
