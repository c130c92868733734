import type { SessionLife } from '../sessions/stored-sessions.ts';

/** How long a session is kept after its expiry, after its last use, and after its end. */
export interface KeptSeconds {
  readonly expiredSeconds: number;
  readonly idleSeconds: number;
  readonly endedSeconds: number;
}

/** Removes expired rows. Each function removes at most `limit` rows and returns how many it removed. */
export interface CleanupStore {
  /** Whether `eraseSalts` or `removeUsedTokens` may find a row. */
  hasSalts(): Promise<boolean>;
  /** Erases the salts of used tokens without a family, after the grace. */
  eraseSalts(limit: number): Promise<number>;
  /** Removes used tokens with a family, after the grace. The family still shows that they were used. */
  removeUsedTokens(limit: number): Promise<number>;
  /** Removes the refresh tokens of ended sessions. */
  removeTokensOfEnded(kept: KeptSeconds, limit: number): Promise<number>;
  /** Removes ended sessions without refresh tokens. */
  removeSessions(kept: KeptSeconds, limit: number): Promise<number>;
  /** Removes cut-offs that have affected no token since `before`, lowest number first. Seconds since 1970. */
  removeEvents(before: number, limit: number): Promise<number>;
}

/** The kinds of rows that were removed. */
export type RemovedFrom = 'salts' | 'tokens' | 'sessions' | 'events';

export interface CleanupOptions {
  readonly store: CleanupStore;
  readonly life: SessionLife;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onRemoved: (table: RemovedFrom, rows: number) => void;
  /** Called when a job fails; not again until it has succeeded. */
  readonly onError: (error: unknown, table: RemovedFrom) => void;
}

interface Term {
  readonly signal: AbortSignal;
  wait(ms: number): Promise<void>;
}

interface Job {
  readonly table: RemovedFrom;
  readonly remove: () => Promise<number>;
  /** Whether the job runs in every round that finds salts: a salt and a stolen used token yield the successor. */
  readonly isUrgent?: boolean;
}

const daySeconds = 86_400;
/** How long an ended session is kept, so that its owner can see that a token was reused. */
const endedSeconds = 30 * daySeconds;
const batch = 1000;
/** How many batches a job removes in a round. After that the next job runs, even when rows are left. */
const batchesPerRound = 20;
/** The interval between rounds. */
const everyMs = 2000;
/** Jobs that are not urgent run in each tenth round. */
const roundsOfOthers = 10;

/**
 * Removes expired rows until the term ends. The jobs are independent: one that fails or has many rows does not stop the
 * others.
 */
export async function cleanUp({ store, life, now, ...options }: CleanupOptions, { signal, wait }: Term): Promise<void> {
  const kept = { expiredSeconds: daySeconds, idleSeconds: life.idleSeconds + daySeconds, endedSeconds };
  const jobs: readonly Job[] = [
    { table: 'salts', remove: () => store.eraseSalts(batch), isUrgent: true },
    { table: 'tokens', remove: () => store.removeUsedTokens(batch), isUrgent: true },
    { table: 'tokens', remove: () => store.removeTokensOfEnded(kept, batch) },
    { table: 'sessions', remove: () => store.removeSessions(kept, batch) },
    { table: 'events', remove: () => store.removeEvents(Math.floor(now()) - daySeconds, batch) },
  ];
  const failing = new Set<Job>();
  const unfinished = new Set<Job>();
  for (let round = 0; !signal.aborted; round += 1) {
    // The jobs report why the query failed.
    const hasSalts = await store.hasSalts().catch(() => true);
    for (const job of jobs) {
      const isDue = job.isUrgent === true ? hasSalts : round % roundsOfOthers === 0 || unfinished.delete(job);
      if (isDue && (await hasMore(job, { ...options, signal, failing }))) unfinished.add(job);
    }
    await wait(everyMs);
  }
}

type Round = Pick<CleanupOptions, 'onRemoved' | 'onError'> & { signal: AbortSignal; failing: Set<Job> };

/** Runs a job for one round. Returns whether rows are left. */
async function hasMore(job: Job, { onRemoved, onError, signal, failing }: Round): Promise<boolean> {
  try {
    for (let count = 0; count < batchesPerRound && !signal.aborted; count += 1) {
      const rows = await job.remove();
      failing.delete(job);
      if (rows === 0) return false;
      onRemoved(job.table, rows);
    }
    return true;
  } catch (error) {
    if (!failing.has(job)) onError(error, job.table);
    failing.add(job);
    return true;
  }
}
