import { GatewayError } from '../gateway-error.ts';
import { createBatch } from './batch.ts';
import type { Session, SessionLife } from './session.ts';

export interface LookupStore {
  /** Finds the running sessions among them, by hash. */
  find(hashes: readonly string[]): Promise<ReadonlyMap<string, Session>>;
  /** Stores the time at which a session was used. False when it has ended. */
  touch(hash: string, at: number): Promise<boolean>;
}

/** The cache that replicas share. It never fails: while it is down, it knows no session. */
export interface SessionCache {
  /** Finds the cached sessions, and those known to have ended. */
  find(hashes: readonly string[]): Promise<ReadonlyMap<string, Session | 'ended'>>;
  /** Caches sessions that are not cached yet: an existing entry is newer than a row that was read before. */
  keep(sessions: readonly Session[]): Promise<void>;
  /** Caches a changed session, unless it has ended. */
  replace(session: Session): Promise<void>;
  /** Marks a session as ended. The mark lasts longer than any copy of the session. */
  end(hash: string): Promise<void>;
}

export interface LookupOptions {
  readonly store: LookupStore;
  /** `undefined` without Redis: then every lookup queries the database. */
  readonly cache: SessionCache | undefined;
  readonly life: SessionLife;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Finds the session of a request. @throws GatewayError `no_session`; what the store throws when it is down */
export type FindSession = (hash: string) => Promise<Session>;

/** The resolution of the time of last use: not every request writes a row. */
const touchSeconds = 60;

/** Creates the lookup, which every request with a cookie uses. */
export function createSessionLookup({ store, cache, life, now, onError }: LookupOptions): FindSession {
  const touchAfter = Math.min(touchSeconds, life.idleSeconds / 4);
  const touching = new Set<string>();
  const load = createBatch(async (hashes) => {
    const known = (await cache?.find(hashes)) ?? new Map<string, Session | 'ended'>();
    const unknown = hashes.filter((hash) => !known.has(hash));
    if (unknown.length === 0) return known;
    const found = await store.find(unknown).catch(unavailable);
    void cache?.keep([...found.values()]);
    return new Map([...known, ...found]);
  });

  async function touch(session: Session, at: number): Promise<void> {
    if (touching.has(session.hash)) return;
    touching.add(session.hash);
    try {
      if (await store.touch(session.hash, at)) await cache?.replace({ ...session, lastUsedAt: at });
      else await cache?.end(session.hash);
    } catch (error) {
      onError(error);
    } finally {
      touching.delete(session.hash);
    }
  }

  return async (hash) => {
    const session = await load(hash);
    if (session === undefined) throw new GatewayError('no_session', 'unknown');
    if (session === 'ended') throw new GatewayError('no_session', 'ended');
    const at = now();
    if (session.expiresAt <= at) throw new GatewayError('no_session', 'expired');
    const idle = at - session.lastUsedAt;
    if (idle >= life.idleSeconds) throw new GatewayError('no_session', 'idle for too long');
    if (idle >= touchAfter) void touch(session, at);
    return session;
  };
}

/** Converts any error of the store: it is then unknown whether the session exists, so the answer must not be 401. */
function unavailable(cause: unknown): never {
  throw new GatewayError('no_answer_from_store', 'the session store gives no answer', { cause });
}
