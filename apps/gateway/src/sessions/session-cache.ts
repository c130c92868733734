import type { Redis } from 'ioredis';
import type { EndedCookies } from './ended-cookies.ts';
import type { Session } from './session.ts';
import type { SessionCache } from './session-lookup.ts';

export interface SessionCacheOptions {
  readonly redis: Pick<Redis, 'mget' | 'set' | 'eval' | 'pipeline'>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Called with each error of Redis. */
  readonly onError: (error: unknown) => void;
}

/** The life of an entry: the database is queried again afterwards. */
const keepSeconds = 60;
/** The life of the mark of an ended session: much longer than that of a copy which was read before the end. */
const endedSeconds = 600;
const ended = 'ended';
/** The prefix of all keys, with the version of the format: replicas of two versions do not read each other's entries. */
const prefix = 'gateway:session:1:';

/** Replaces a session unless it has ended, atomically. */
const replaceScript = `
if redis.call('GET', KEYS[1]) ~= '${ended}' then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return 1`;

/**
 * Creates the cache of sessions in Redis, for all replicas. An ended session leaves a mark, so that a replica which read
 * the row before the end cannot put it back. Access tokens are encrypted as in the database; refresh tokens are not
 * cached. While Redis does not answer, the database is queried.
 */
export function createSessionCache({ redis, now, onError }: SessionCacheOptions): SessionCache {
  async function tryTo<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      onError(error);
      return otherwise;
    }
  }

  return {
    find: (hashes) =>
      tryTo(async () => {
        const texts = await redis.mget(hashes.map(keyOf));
        return new Map(
          hashes.flatMap((hash, index) => {
            const text = texts[index];
            const known = text == null ? undefined : text === ended ? ended : parse(text, now());
            return known === undefined ? [] : [[hash, known] as const];
          }),
        );
      }, new Map()),
    keep: (sessions) =>
      tryTo(async () => {
        if (sessions.length === 0) return;
        const pipeline = redis.pipeline();
        for (const session of sessions)
          pipeline.set(keyOf(session.hash), render(session, now()), 'EX', keepSeconds, 'NX');
        const failed = (await pipeline.exec())?.find(([error]) => error !== null);
        if (failed !== undefined) throw failed[0];
      }, undefined),
    replace: (session) =>
      tryTo(async () => {
        await redis.eval(replaceScript, 1, keyOf(session.hash), render(session, now()), keepSeconds);
      }, undefined),
    end: (hash) =>
      tryTo(async () => {
        await redis.set(keyOf(hash), ended, 'EX', endedSeconds);
      }, undefined),
  };
}

/**
 * Wraps the cache of sessions so that a logout does not depend on it. A cached session is used only when the database was
 * asked within the last second which sessions ended, and this one was not among them. A write that Redis lost, refused or
 * delays can only make a lookup slower. While the database does not answer, no cached session is used.
 */
export function createCheckedCache({ cache, ended }: { cache: SessionCache; ended: EndedCookies }): SessionCache {
  return {
    ...cache,
    async find(hashes) {
      const [known, isCurrent] = await Promise.all([cache.find(hashes), ended.update()]);
      if (!isCurrent) return new Map();
      return new Map([...known].map(([hash, session]) => [hash, ended.has(hash) ? 'ended' : session]));
    },
    async end(hash) {
      ended.add(hash);
      await cache.end(hash);
    },
  };
}

function keyOf(hash: string): string {
  return `${prefix}${hash}`;
}

function render({ accessToken, ...session }: Session, keptAt: number): string {
  return JSON.stringify({ ...session, keptAt, accessToken: Buffer.from(accessToken).toString('base64') });
}

/**
 * Parses a session that `render` wrote: only the gateway has keys with this prefix. `undefined` for a text without a
 * time, and for one that Redis kept for too long, since its clock was set back or stands still.
 */
function parse(text: string, at: number): Session | undefined {
  const { accessToken, keptAt, ...session } = JSON.parse(text);
  if (!(Math.abs(at - keptAt) <= keepSeconds)) return undefined;
  return { ...session, accessToken: new Uint8Array(Buffer.from(accessToken, 'base64')) };
}
