import type { Session, SessionLife } from './session.ts';
import type { EndedSession } from './sessions.ts';

export interface BackgroundStore {
  /** Seconds since 1970, by the clock of the database. */
  now(): Promise<number>;
  /** Ends sessions that have expired or were idle for too long. */
  endStale(
    before: { readonly expired: number; readonly idle: number; readonly at: number },
    limit: number,
  ): Promise<number>;
  /** Running sessions by their names, beginning behind one. */
  findRunning(after: string, limit: number): Promise<readonly RunningSession[]>;
  /** Sessions that ended before then and of which the user app may not know, the longest ended first. */
  findEnded(before: number, limit: number): Promise<readonly EndedSession[]>;
  /** Sessions whose exchange of tokens began and did not end. */
  findInterrupted(at: number, limit: number): Promise<readonly Session[]>;
  /** Removes what ended before then, told or not. */
  removeEnded(before: number, limit: number): Promise<number>;
  /** Removes from the list of ended cookies those of which no cached copy can be left. */
  removeListed(limit: number): Promise<number>;
}

/** A session, as far as it takes to end it. */
export interface RunningSession {
  readonly id: string;
  readonly userId: string;
  readonly sid: string;
}

export interface BackgroundOptions {
  readonly store: BackgroundStore;
  readonly life: SessionLife;
  /** Whether a session ended at the user app, as far as is known here. */
  readonly hasEnded: (sid: string) => boolean;
  /** Ends a session of which the user app knows. */
  readonly drop: (session: RunningSession, reason: string, client: undefined) => Promise<void>;
  readonly tell: (ended: EndedSession) => Promise<void>;
  readonly resume: (session: Session) => Promise<void>;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
}

interface Term {
  readonly signal: AbortSignal;
  wait(ms: number): Promise<void>;
}

/** Often enough to repeat an exchange of tokens: it is claimed for 4 s, and the user app repeats it for 10 s. */
const everyMs = 2000;
/** The rounds between two looks at what is only shown in lists, and at what is only tidied up. */
const [roundsOfLists, roundsOfRest] = [3, 15];
/** Few at a time, so that nobody waits for us. */
const few = 20;
const many = 500;
/** Before every name. */
const first = '00000000-0000-0000-0000-000000000000';
/** A request that ends a session tells the user app itself; this is for when it could not. */
const untoldSeconds = 5;
/** A user app that has not been reached in so long has let the session expire on its own. */
const giveUpSeconds = 7 * 86_400;

/**
 * What no request waits for, a little at a time for as long as the term lasts: sessions that are over, the user app that
 * has yet to hear of it, and exchanges of tokens that a process took with it, while they can still be repeated.
 */
export async function workInBackground(options: BackgroundOptions, { signal, wait }: Term): Promise<void> {
  const { store, life, hasEnded, drop, tell, resume, now, onTrouble } = options;
  let checkedTo = first;

  /** Ends sessions that ended at the user app, before the feed forgets them and without a request: so no list shows them. */
  async function endCutOff(): Promise<boolean> {
    const running = await store.findRunning(checkedTo, many);
    for (const session of running)
      if (hasEnded(session.sid)) await drop(session, 'it ended at the user app', undefined);
    checkedTo = running.length < many ? first : (running.at(-1)?.id ?? first);
    return checkedTo !== first;
  }

  async function tellEnded(): Promise<boolean> {
    const untold = await store.findEnded(now() - untoldSeconds, few);
    // The first that cannot be told speaks for all.
    for (const ended of untold) await tell(ended);
    return untold.length === few;
  }

  /** The clock that is behind: one that was put forward for a while must end no session, and forget none that is to be told of. */
  async function surelyNow(): Promise<number> {
    return Math.min(now(), await store.now());
  }

  async function endStale(): Promise<boolean> {
    const at = await surelyNow();
    return (await store.endStale({ expired: at, idle: at - life.idleSeconds, at }, many)) === many;
  }

  async function resumeInterrupted(): Promise<boolean> {
    await Promise.all((await store.findInterrupted(now(), few)).map(resume));
    return false;
  }

  /** Each returns whether there is more to do, for which the next round is early enough. */
  const works: readonly { readonly rounds: number; readonly run: () => Promise<boolean> }[] = [
    { rounds: 1, run: resumeInterrupted },
    { rounds: roundsOfRest, run: endStale },
    { rounds: roundsOfLists, run: endCutOff },
    { rounds: roundsOfLists, run: tellEnded },
    {
      rounds: roundsOfRest,
      run: async () => (await store.removeEnded((await surelyNow()) - giveUpSeconds, many)) === many,
    },
    { rounds: roundsOfRest, run: async () => (await store.removeListed(many)) === many },
  ];
  const unfinished = new Set<unknown>();
  for (let round = 0; !signal.aborted; round += 1) {
    for (const work of works) {
      if (round % work.rounds !== 0 && !unfinished.delete(work)) continue;
      const hasMore = await work.run().catch((error: unknown) => {
        onTrouble(error);
        return true;
      });
      if (hasMore) unfinished.add(work);
    }
    await wait(everyMs);
  }
}
