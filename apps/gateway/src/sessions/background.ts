import { loginIdleSeconds } from '@auth/verify/times';
import type { Session, SessionLife } from './session.ts';
import type { EndedSession } from './sessions.ts';

export interface BackgroundStore {
  /** Seconds since 1970, by the clock of the database. */
  now(): Promise<number>;
  /** Ends sessions that have expired or were idle for too long. Returns their number. */
  endStale(
    before: { readonly expired: number; readonly idle: number; readonly at: number },
    limit: number,
  ): Promise<number>;
  /** Finds running sessions in the order of their ids, after one id. */
  findRunning(after: string, limit: number): Promise<readonly RunningSession[]>;
  /** Finds sessions that ended before a time and of whose end the user app may not know, the oldest end first. */
  findEnded(before: number, limit: number): Promise<readonly EndedSession[]>;
  /** Finds sessions whose exchange of tokens began and did not end. */
  findInterrupted(at: number, limit: number): Promise<readonly Session[]>;
  /** Removes sessions that ended before a time, also those of whose end the user app does not know. */
  removeEnded(before: number, limit: number): Promise<number>;
  /** Removes from the list of ended cookies those of which no cached copy can exist. */
  removeListed(limit: number): Promise<number>;
}

/** A running session, with what is needed to end it. */
export interface RunningSession {
  readonly id: string;
  readonly userId: string;
  readonly sid: string;
}

export interface BackgroundOptions {
  readonly store: BackgroundStore;
  readonly life: SessionLife;
  /** Returns whether a session ended at the user app, by the revocations that this process knows. */
  readonly hasEnded: (sid: string) => boolean;
  /** Ends a session in the gateway only: it has already ended at the user app. */
  readonly drop: (session: RunningSession, reason: string, client: undefined) => Promise<void>;
  readonly notify: (ended: EndedSession) => Promise<void>;
  readonly resume: (session: Session) => Promise<void>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

interface Term {
  readonly signal: AbortSignal;
  wait(ms: number): Promise<void>;
}

/**
 * The interval of the rounds. It is short enough to repeat an exchange of tokens: a claim lasts 4 s, a repetition is
 * possible for `refreshGraceSeconds`.
 */
const everyMs = 2000;
/** The rounds between two runs of work for lists, and between two runs of clean-up. */
const [roundsOfLists, roundsOfRest] = [3, 15];
/** The rows per round: few for work that calls the user app, so that no request waits behind it. */
const few = 20;
const many = 500;
/** The UUID before all ids. */
const first = '00000000-0000-0000-0000-000000000000';
/**
 * The age from which the user app is notified of an end. The request that ends a session does that itself, unless it
 * fails.
 */
const notifyAfterSeconds = 5;
/**
 * The age from which an ended session is removed. If the user app could not be notified, its session has expired by then.
 */
const giveUpSeconds = loginIdleSeconds;

/**
 * Does the work that no request waits for, in rounds, until the process is no leader any more. It ends stale sessions,
 * notifies the user app of ended ones, and repeats exchanges of tokens that a killed process left, while they can be
 * repeated.
 */
export async function workInBackground(options: BackgroundOptions, { signal, wait }: Term): Promise<void> {
  const { store, life, hasEnded, drop, notify, resume, now, onError } = options;
  let checkedTo = first;

  /** Ends sessions that ended at the user app without waiting for a request, so that no list shows them. */
  async function endCutOff(): Promise<boolean> {
    const running = await store.findRunning(checkedTo, many);
    for (const session of running)
      if (hasEnded(session.sid)) await drop(session, 'it ended at the user app', undefined);
    checkedTo = running.length < many ? first : (running.at(-1)?.id ?? first);
    return checkedTo !== first;
  }

  async function notifyEnded(): Promise<boolean> {
    const unnotified = await store.findEnded(now() - notifyAfterSeconds, few);
    // The first failure ends the round: the others would fail as well.
    for (const ended of unnotified) await notify(ended);
    return unnotified.length === few;
  }

  /** Returns the earlier of two clocks: a clock that is fast for a while must neither end nor remove a session. */
  async function earlierNow(): Promise<number> {
    return Math.min(now(), await store.now());
  }

  async function endStale(): Promise<boolean> {
    const at = await earlierNow();
    return (await store.endStale({ expired: at, idle: at - life.idleSeconds, at }, many)) === many;
  }

  async function resumeInterrupted(): Promise<boolean> {
    await Promise.all((await store.findInterrupted(now(), few)).map(resume));
    return false;
  }

  /** The kinds of work. Each returns whether the next round should continue with it. */
  const works: readonly { readonly rounds: number; readonly run: () => Promise<boolean> }[] = [
    { rounds: 1, run: resumeInterrupted },
    { rounds: roundsOfRest, run: endStale },
    { rounds: roundsOfLists, run: endCutOff },
    { rounds: roundsOfLists, run: notifyEnded },
    {
      rounds: roundsOfRest,
      run: async () => (await store.removeEnded((await earlierNow()) - giveUpSeconds, many)) === many,
    },
    { rounds: roundsOfRest, run: async () => (await store.removeListed(many)) === many },
  ];
  const unfinished = new Set<unknown>();
  for (let round = 0; !signal.aborted; round += 1) {
    for (const work of works) {
      if (round % work.rounds !== 0 && !unfinished.delete(work)) continue;
      const hasMore = await work.run().catch((error: unknown) => {
        onError(error);
        return true;
      });
      if (hasMore) unfinished.add(work);
    }
    await wait(everyMs);
  }
}
