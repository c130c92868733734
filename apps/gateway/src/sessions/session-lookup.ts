import { GatewayError } from '../gateway-error.ts';
import { createBatch } from './batch.ts';
import type { Session, SessionLife } from './session.ts';

export interface LookupStore {
  /** Those of them that are running, by hash. */
  find(hashes: readonly string[]): Promise<ReadonlyMap<string, Session>>;
  /** Notes that a session was used. False when it has ended. */
  touch(hash: string, at: number): Promise<boolean>;
}

/** What replicas remember together, so that the database is asked less. It never fails: what it cannot say it does not know. */
export interface SessionCache {
  /** What is known: a session, or that it has ended. */
  find(hashes: readonly string[]): Promise<ReadonlyMap<string, Session | 'ended'>>;
  /** Remembers sessions of which nothing is known: what was said since they were read is newer. */
  keep(sessions: readonly Session[]): Promise<void>;
  /** Remembers a session that has changed, unless it has ended. */
  replace(session: Session): Promise<void>;
  /** Remembers, longer than anything else, that a session has ended. */
  end(hash: string): Promise<void>;
}

export interface LookupOptions {
  readonly store: LookupStore;
  /** `undefined` where there is none: then every request asks the database. */
  readonly cache: SessionCache | undefined;
  readonly life: SessionLife;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
}

/** Finds the session of a request. @throws GatewayError `no_session`; what the store throws when it is down */
export type FindSession = (hash: string) => Promise<Session>;

/** How exactly it is known when a session was last used: a row is not written for each request. */
const touchSeconds = 60;

/** Makes the lookup that stands before every request with a cookie. */
export function createSessionLookup({ store, cache, life, now, onTrouble }: LookupOptions): FindSession {
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
      onTrouble(error);
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

/** Whatever is wrong with the store, whether somebody is logged in is not known. */
function unavailable(cause: unknown): never {
  throw new GatewayError('no_answer_from_store', 'the session store gives no answer', { cause });
}
