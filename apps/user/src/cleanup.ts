import type { SessionLife } from './sessions.ts';

/** What is removed, by table. */
export interface Removed {
  readonly salts: number;
  readonly sessions: number;
  readonly events: number;
}

export interface CleanupStore {
  /** Erases the salts of exchanges that may not be repeated any more. */
  eraseSalts(before: Date, limit: number): Promise<number>;
  /** Removes sessions with their refresh tokens. */
  removeSessions(
    before: { readonly expired: Date; readonly idle: Date; readonly ended: Date },
    limit: number,
  ): Promise<number>;
  /** Removes cut-offs that have concerned no token for a day, from the lowest number on. */
  removeEvents(before: number, limit: number): Promise<number>;
}

export interface CleanupOptions {
  readonly store: CleanupStore;
  readonly life: SessionLife;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onRemoved: (removed: Removed) => void;
  readonly onTrouble: (error: unknown) => void;
}

interface Term {
  readonly signal: AbortSignal;
  wait(ms: number): Promise<void>;
}

const daySeconds = 86_400;
/** How long an ended session is kept, so that its owner can see that a token of it was used twice. */
const endedSeconds = 30 * daySeconds;
/** Sessions come with their refresh tokens, thousands each: few at a time, so that nobody waits for us. */
const limits = { salts: 1000, sessions: 20, events: 1000 };
const everyMs = 1000;

/** Removes what is over, a little at a time, for as long as the term lasts. */
export async function cleanUp(
  { store, life, now, onRemoved, onTrouble }: CleanupOptions,
  { signal, wait }: Term,
): Promise<void> {
  const at = (plusSeconds = 0) => new Date((now() + plusSeconds) * 1000);
  while (!signal.aborted) {
    try {
      const before = { expired: at(-daySeconds), idle: at(-life.idleSeconds - daySeconds), ended: at(-endedSeconds) };
      onRemoved({
        salts: await store.eraseSalts(at(), limits.salts),
        sessions: await store.removeSessions(before, limits.sessions),
        events: await store.removeEvents(Math.floor(now()) - daySeconds, limits.events),
      });
    } catch (error) {
      onTrouble(error);
    }
    await wait(everyMs);
  }
}
