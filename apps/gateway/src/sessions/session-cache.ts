import type { Redis } from 'ioredis';
import type { Session } from './session.ts';
import type { SessionCache } from './session-lookup.ts';

export interface SessionCacheOptions {
  readonly redis: Pick<Redis, 'mget' | 'set' | 'eval' | 'pipeline'>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Told of what could not be asked or said. */
  readonly onTrouble: (error: unknown) => void;
}

/** How long a session is taken from here before the database is asked again. */
const keepSeconds = 60;
/** Longer than anybody holds what they read before it ended. */
const endedSeconds = 600;
const ended = 'ended';
/** With the version of what is below it: replicas of two versions do not read each other's. */
const prefix = 'gateway:session:1:';

/** In one step, so that nobody says "ended" in between. */
const replaceScript = `
if redis.call('GET', KEYS[1]) ~= '${ended}' then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return 1`;

/**
 * Sessions in Redis, for all replicas. A session that has ended leaves a mark: whoever has read it from the database
 * before cannot put it back. Tokens are sealed here as they are in the database; refresh tokens are not here at all.
 * It may be down at any time: then the database is asked.
 */
export function createSessionCache({ redis, now, onTrouble }: SessionCacheOptions): SessionCache {
  async function tryTo<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      onTrouble(error);
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

function keyOf(hash: string): string {
  return `${prefix}${hash}`;
}

function render({ accessToken, ...session }: Session, keptAt: number): string {
  return JSON.stringify({ ...session, keptAt, accessToken: Buffer.from(accessToken).toString('base64') });
}

/**
 * Parses a session that `render` wrote: only the gateway has keys with this prefix. `undefined` for a text without a time,
 * and for one that Redis kept for too long, since its clock was set back or stands still.
 */
function parse(text: string, at: number): Session | undefined {
  const { accessToken, keptAt, ...session } = JSON.parse(text);
  if (!(Math.abs(at - keptAt) <= keepSeconds)) return undefined;
  return { ...session, accessToken: new Uint8Array(Buffer.from(accessToken, 'base64')) };
}
