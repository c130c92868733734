import type { SessionLife } from './sessions/stored-sessions.ts';

/** How long a session is kept after it expired, was used for the last time, and ended. */
export interface KeptSeconds {
  readonly expiredSeconds: number;
  readonly idleSeconds: number;
  readonly endedSeconds: number;
}

/** Removes expired rows. Each function removes at most so many rows, and returns how many it removed. */
export interface CleanupStore {
  /** Whether there may be anything to do for `eraseSalts` or `removeUsedTokens`. */
  hasSalts(): Promise<boolean>;
  /** Erases the salts of exchanges that can no longer be repeated, of tokens without a family. */
  eraseSalts(limit: number): Promise<number>;
  /** Removes used tokens with such a salt: they are known by their family from then on. */
  removeUsedTokens(limit: number): Promise<number>;
  /** Removes the refresh tokens of ended sessions. */
  removeTokensOfOver(kept: KeptSeconds, limit: number): Promise<number>;
  /** Removes ended sessions without refresh tokens. */
  removeSessions(kept: KeptSeconds, limit: number): Promise<number>;
  /** Removes cut-offs that have concerned no token for a day, from the lowest number on. */
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
  /** Called when removing from a table fails: once until it works again. */
  readonly onError: (error: unknown, table: RemovedFrom) => void;
}

interface Term {
  readonly signal: AbortSignal;
  wait(ms: number): Promise<void>;
}

interface Duty {
  readonly table: RemovedFrom;
  readonly remove: () => Promise<number>;
  /** Done in every round in which there are salts, and not only in each tenth: it removes what a stolen copy of the database could be used for. */
  readonly isUrgent?: boolean;
}

const daySeconds = 86_400;
/** How long an ended session is kept, so that its owner can see that a token of it was used twice. */
const endedSeconds = 30 * daySeconds;
const batch = 1000;
/** The number of batches of one job in a round; the next job follows even when rows are left. */
const batchesPerRound = 20;
const everyMs = 2000;
const roundsOfOthers = 10;

/**
 * Removes expired rows, for as long as the term lasts. The jobs are independent: one that fails, or has much to do, does
 * not stop the others.
 */
export async function cleanUp({ store, life, now, ...options }: CleanupOptions, { signal, wait }: Term): Promise<void> {
  const kept = { expiredSeconds: daySeconds, idleSeconds: life.idleSeconds + daySeconds, endedSeconds };
  const duties: readonly Duty[] = [
    { table: 'salts', remove: () => store.eraseSalts(batch), isUrgent: true },
    { table: 'tokens', remove: () => store.removeUsedTokens(batch), isUrgent: true },
    { table: 'tokens', remove: () => store.removeTokensOfOver(kept, batch) },
    { table: 'sessions', remove: () => store.removeSessions(kept, batch) },
    { table: 'events', remove: () => store.removeEvents(Math.floor(now()) - daySeconds, batch) },
  ];
  const failing = new Set<Duty>();
  const unfinished = new Set<Duty>();
  for (let round = 0; !signal.aborted; round += 1) {
    // What keeps the answer away is reported by the duties.
    const hasSalts = await store.hasSalts().catch(() => true);
    for (const duty of duties) {
      const isDue = duty.isUrgent === true ? hasSalts : round % roundsOfOthers === 0 || unfinished.delete(duty);
      if (isDue && (await hasMore(duty, { ...options, signal, failing }))) unfinished.add(duty);
    }
    await wait(everyMs);
  }
}

type Round = Pick<CleanupOptions, 'onRemoved' | 'onError'> & { signal: AbortSignal; failing: Set<Duty> };

/** Does a duty for one round. Returns whether it has rows left. */
async function hasMore(duty: Duty, { onRemoved, onError, signal, failing }: Round): Promise<boolean> {
  try {
    for (let count = 0; count < batchesPerRound && !signal.aborted; count += 1) {
      const rows = await duty.remove();
      failing.delete(duty);
      if (rows === 0) return false;
      onRemoved(duty.table, rows);
    }
    return true;
  } catch (error) {
    if (!failing.has(duty)) onError(error, duty.table);
    failing.add(duty);
    return true;
  }
}
