import { setTimeout as delay } from 'node:timers/promises';
import { probePayload } from './lease.ts';
import { createConnection } from './session-client.ts';

/** Receives the notifications of a channel, on a connection that is reopened until the listener is closed. */
export interface Listener {
  /** Whether notifications arrive: at least one has arrived, and every probe since. */
  isAlive(): boolean;
  /** The number of notifications so far, without probes. */
  readonly notified: number;
  /** Resolves at the next notification, after `ms`, or when the signal is aborted. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * Expects a probe that was sent at `sentAt` (`performance.now()`) or later, and replaces the connection when none arrives in
   * time. The probe may have arrived before this is called.
   */
  expectProbe(sentAt: number): void;
  close(): Promise<void>;
}

export interface ListenerOptions {
  /** A direct connection, since no notification arrives through a transaction pooler. `undefined` for none. */
  readonly url: string | undefined;
  readonly channel: string;
  /** The timeout for opening the connection, and for a probe. */
  readonly timeoutMs: number;
  /** Called when the channel is listened to, so that a probe is sent. */
  readonly onListening: (now: number) => void;
  /** Called with the reason when no notification can arrive. */
  readonly onError: (error: unknown) => void;
}

const retryMs = 1000;
const deaf = 'no notification of the database arrives: the connection for them must be direct, not through a pooler';

/** Opens the listener of a channel. It only saves time: without it the leader polls more often. */
export function openListener({ url, channel, timeoutMs, onListening, onError }: ListenerOptions): Listener {
  const closing = new AbortController();
  const waiting = new Set<() => void>();
  let lose: ((error: Error) => void) | undefined;
  let isAlive = false;
  let notified = 0;
  let heardAt = Number.NEGATIVE_INFINITY;
  let probe: NodeJS.Timeout | undefined;

  function hear(payload: string | undefined): void {
    isAlive = true;
    heardAt = performance.now();
    clearTimeout(probe);
    probe = undefined;
    if (payload === probePayload) return;
    notified += 1;
    for (const wake of waiting) wake();
  }

  /** Runs one connection until it is lost. */
  async function listen(connectionString: string): Promise<void> {
    const client = createConnection({
      url: connectionString,
      pooler: 'transaction',
      connectTimeoutMs: timeoutMs,
      answerTimeoutMs: timeoutMs,
    });
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
      client.on('error', reject).on('end', () => reject(new Error('the connection for notifications was closed')));
    });
    lost.catch(() => undefined);
    try {
      client.on('notification', ({ payload }) => hear(payload));
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      onListening(performance.now());
      await lost;
    } finally {
      isAlive = false;
      lose = undefined;
      clearTimeout(probe);
      probe = undefined;
      // Not awaited: a dead peer does not answer.
      client.end().catch(() => undefined);
    }
  }

  async function keepListening(connectionString: string): Promise<void> {
    while (!closing.signal.aborted) {
      await listen(connectionString).catch((error) => closing.signal.aborted || onError(error));
      await delay(retryMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  }
  const running = url === undefined ? Promise.resolve() : keepListening(url);

  return {
    isAlive: () => isAlive,
    get notified() {
      return notified;
    },
    next: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const timer = setTimeout(done, ms);
        function done() {
          clearTimeout(timer);
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        }
        waiting.add(done);
        signal.addEventListener('abort', done);
      }),
    expectProbe(sentAt) {
      if (lose === undefined || probe !== undefined || heardAt >= sentAt) return;
      const give = lose;
      probe = setTimeout(() => give(new Error(deaf)), timeoutMs).unref();
    },
    async close() {
      closing.abort();
      lose?.(new Error('closed'));
      await running;
    },
  };
}
