import { setTimeout as delay } from 'node:timers/promises';
import { createHold } from './hold.ts';
import { type Lease, type LeaseStore, openLeaseStore } from './lease.ts';
import { type Listener, openListener } from './listener.ts';

/** A term of leadership, as the duty sees it. */
export interface Term {
  /** Aborted when the lease is lost, or given back. */
  readonly signal: AbortSignal;
  /**
   * The fencing number. Each term has a greater one than all before it, in whatever process, also after the database was
   * restored from a backup.
   */
  readonly number: number;
  /** Whether the lease still holds by the clocks of this process: to be asked before each write that others must not see. */
  isHeld(): boolean;
  /** Whether notifications of the channel arrive. When they silently cease to, this is found out within four sevenths of a lease. */
  isListening(): boolean;
  /** Notifications of the channel so far. */
  readonly notified: number;
  /**
   * Resolves at the next notification, or after so many milliseconds, or when the lease is lost; at once when there were
   * notifications since `notified` was as given. Without a connection for notifications it resolves after 200 ms at most.
   */
  wait(ms: number, since?: number): Promise<void>;
}

export interface LeaderOptions {
  /** The database with the table `leases`. May lead through a transaction pooler such as PgBouncer. */
  readonly url: string;
  /** A direct connection to the same database, for `LISTEN` alone. Without it the leader looks every 200 ms. */
  readonly listenUrl?: string | undefined;
  /** What only one process at a time may do, among all that share the database. */
  readonly duty: string;
  /** A `NOTIFY` channel that wakes the leader; absent for a duty that is not woken. */
  readonly channel?: string;
  /** Does the duty until the signal is aborted. Called again after a lost lease was taken again. */
  readonly lead: (term: Term) => Promise<void>;
  /** Called with the error that ended or prevented a term. The same reason is reported once in a row. */
  readonly onError: (error: unknown) => void;
  /** How often a process that does not lead tries to take the lease; 1000 by default. */
  readonly retryMs?: number;
  /** How long a lease lasts without renewal; 7000 by default. It is renewed after two sevenths of that. */
  readonly leaseMs?: number;
}

/** How often the leader polls when no notification can wake it. */
const pollMs = 200;
/** How long migrations at the start of the service may take. */
const migrationsMs = 15_000;

/**
 * Does a duty in one process at a time: the one that holds the lease in the table `leases`. Another process takes over
 * within `leaseMs` and `retryMs` when the holder is stopped, cut off or killed, and within `retryMs` when it closes. Two
 * processes may lead for a moment: their writes must carry the number of the term, so that those of the older term are refused.
 */
export function openLeader(options: LeaderOptions): { close(): Promise<void> } {
  const { retryMs = 1000, leaseMs = 7000, onError, url, duty, channel } = options;
  const renewMs = Math.ceil((leaseMs * 2) / 7);
  const leases = openLeaseStore({ url, duty, channel, leaseMs, timeoutMs: renewMs });
  const closing = new AbortController();
  const openedAt = performance.now();
  let reported: string | undefined;
  const report = (error: unknown) => {
    if (String(error) !== reported) onError(error);
    reported = String(error);
  };
  const running = (async () => {
    while (!closing.signal.aborted) {
      const askedAt = performance.now();
      let pauseMs = retryMs;
      try {
        const held = await leases.take();
        if (held !== undefined) await serve(held, { ...options, leases, leaseMs, renewMs, askedAt, report }, closing);
        reported = undefined;
      } catch (error) {
        if (isBeingMigrated(error, performance.now() - openedAt)) pauseMs = pollMs;
        else {
          report(error);
          // Another process goes first: this one may be the only one that cannot do the duty.
          pauseMs = 3 * retryMs;
        }
      }
      await delay(pauseMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
  })();
  async function close(): Promise<void> {
    closing.abort();
    await running;
    // Awaited for a short time only: a dead database does not answer.
    await Promise.race([leases.close(), delay(1000, undefined, { ref: false })]);
  }
  let closed: Promise<void> | undefined;
  return {
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** At the first start of `pnpm dev` a service may run before its tables exist, which is an error only when it lasts. */
function isBeingMigrated(error: unknown, openMs: number): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // undefined_table and invalid_catalog_name, a database that does not exist.
  return openMs < migrationsMs && (code === '42P01' || code === '3D000');
}

interface ServeOptions extends LeaderOptions {
  readonly leases: LeaseStore;
  readonly leaseMs: number;
  readonly renewMs: number;
  readonly askedAt: number;
  readonly report: (error: unknown) => void;
}

/** Runs one term, until the lease is lost or given back. @throws the error that ended it, unless it was given back */
async function serve(taken: Lease, options: ServeOptions, { signal: closing }: AbortController): Promise<void> {
  const { leases, leaseMs, renewMs, askedAt, report, lead, channel, listenUrl } = options;
  const hold = createHold({ leaseMs, askedAt });
  const over = new AbortController();
  const stop = () => over.abort();
  closing.addEventListener('abort', stop);
  let held = taken;
  let lost: unknown;

  async function keep(): Promise<void> {
    while (!over.signal.aborted) {
      await delay(lost === undefined ? renewMs : renewMs / 4, undefined, { signal: over.signal }).catch(
        () => undefined,
      );
      if (over.signal.aborted) return;
      const sentAt = performance.now();
      try {
        const renewed = await leases.renew(held);
        lost = renewed === undefined ? new Error(`another process has the lease for "${options.duty}"`) : undefined;
        if (renewed === undefined) return over.abort();
        held = renewed;
        hold.extend(sentAt);
        listener.expectProbe(sentAt);
      } catch (error) {
        lost = error;
      }
    }
  }

  const listener = openListener({
    url: channel === undefined ? undefined : listenUrl,
    channel: channel ?? '',
    timeoutMs: renewMs,
    onListening(sentAt) {
      leases.probe().then(
        () => listener.expectProbe(sentAt),
        () => undefined,
      );
    },
    onError: (error) => over.signal.aborted || report(error),
  });
  const expired = hold.expired(over.signal).then(() => over.abort());
  const renewing = keep();
  try {
    await lead(termOf(taken.term, { hold, listener, signal: over.signal, isWoken: channel !== undefined }));
  } finally {
    const wasHeld = hold.isHeld();
    over.abort();
    closing.removeEventListener('abort', stop);
    await Promise.all([renewing, expired, listener.close()]);
    if (wasHeld) await leases.release(held).catch(() => undefined);
  }
  if (lost !== undefined && !closing.aborted) throw lost;
}

interface TermParts {
  readonly hold: ReturnType<typeof createHold>;
  readonly listener: Listener;
  readonly signal: AbortSignal;
  readonly isWoken: boolean;
}

function termOf(number: number, { hold, listener, signal, isWoken }: TermParts): Term {
  return {
    signal,
    number,
    isHeld: () => !signal.aborted && hold.isHeld(),
    isListening: () => isWoken && listener.isAlive(),
    get notified() {
      return listener.notified;
    },
    async wait(ms, since = listener.notified) {
      if (listener.notified > since) return;
      await listener.next(isWoken && !listener.isAlive() ? Math.min(ms, pollMs) : ms, signal);
    },
  };
}
