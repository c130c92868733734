import { createHash } from 'node:crypto';
import type { UserDb } from '@auth/db/user';
import { clocksApartSeconds } from '@auth/verify/times';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import type { Limit, Memory, RateLimitStore, StoredCount } from './rate-limit.ts';

export interface RateLimitStoreOptions {
  readonly ask: UserDb['ask'];
  /** An ioredis client, which then counts instead of the database. */
  readonly redis?: object | undefined;
  /** How long a count may take before it is made here instead. */
  readonly timeoutMs: number;
  /** How long to count here before the shared store is tried again. */
  readonly retryAfterMs: number;
  /** Told of each time that the shared store failed. */
  readonly onFallback: (error: unknown) => void;
}

/** What a limiter of the library is used for here. */
type Limiter = Pick<RateLimiterMemory, 'get' | 'consume' | 'delete'>;

/** Counts in memory are kept for so many keys of a limit at most; two keys may then share one. */
const localKeys = 2 ** 14;

/**
 * Counts tries in Postgres, or in Redis, for all replicas together; when that is down, in memory, for this process alone.
 * Keys are stored as hashes, since they hold addresses.
 */
export function createRateLimitStore(options: RateLimitStoreOptions): RateLimitStore {
  const { timeoutMs, retryAfterMs, onFallback } = options;
  let downUntil = Number.NEGATIVE_INFINITY;

  function open(limit: Limit) {
    const shared = new RLWrapperTimeouts({ limiter: sharedLimiter(limit, options), timeoutMs });
    return async <T>(key: string, work: (limiter: Limiter, id: string) => Promise<T>, here: (id: Buffer) => T) => {
      const hash = createHash('sha256').update(key).digest();
      if (performance.now() < downUntil) return here(hash);
      try {
        return await work(shared, hash.toString('base64url'));
      } catch (error) {
        downUntil = performance.now() + retryAfterMs;
        onFallback(error);
        return here(hash);
      }
    };
  }

  return {
    counter(limit) {
      const use = open(limit);
      const local = new RateLimiterMemory({ points: limit.tries, duration: limit.windowSeconds });
      const localId = (hash: Buffer) => String(hash.readUInt32BE() % localKeys);
      const both = <T>(key: string, work: (limiter: Limiter, id: string) => Promise<T>) =>
        use<T | Promise<T>>(key, work, (hash) => work(local, localId(hash)));
      return {
        read: async (key) => countOf(limit, await both(key, (limiter, id) => readTrue(limiter, id, limit))),
        count: async (key) => countOf(limit, await both(key, consume)),
        forget: async (key) => void (await both(key, (limiter, id) => limiter.delete(id))),
        stored(key) {
          if (options.redis !== undefined || performance.now() < downUntil) return undefined;
          const hash = createHash('sha256').update(key).digest('base64url');
          return {
            key: `${prefixOf(limit)}:${hash}`,
            longestMs: longestMs(limit),
            countOf: (found) => storedCount(limit, found),
          };
        },
      };
    },
    memory(name, windowSeconds) {
      const use = open({ name, tries: 1, windowSeconds });
      const local = createLocalMemory(windowSeconds * 1000);
      return {
        has: (key) => use(key, async (limiter, id) => (await limiter.get(id)) !== null, local.has),
        add: (key) => use(key, async (limiter, id) => (await consume(limiter, id)).consumedPoints === 1, local.add),
      };
    },
  };
}

/** Without a row nothing was counted, and a window begins with the next try. */
function countOf({ windowSeconds }: Limit, result: RateLimiterRes | null) {
  if (result === null) return { tries: 0, resetSeconds: windowSeconds };
  return { tries: result.consumedPoints, resetSeconds: Math.ceil(result.msBeforeNext / 1000) };
}

function storedCount(limit: Limit, found: StoredCount | undefined) {
  if (found === undefined) return countOf(limit, null);
  return { tries: found.points, resetSeconds: Math.ceil(Math.max(0, found.expire - Date.now()) / 1000) };
}

/** The oldest keys are forgotten first when there are too many; two keys never share a place, as counts do. */
function createLocalMemory(keepMs: number): { [Method in keyof Memory]: (id: Buffer) => boolean } {
  const until = new Map<string, number>();
  const has = (id: Buffer) => (until.get(id.toString('base64url')) ?? 0) > performance.now();
  return {
    has,
    add(id) {
      if (has(id)) return false;
      const key = id.toString('base64url');
      until.delete(key);
      until.set(key, performance.now() + keepMs);
      const [oldest] = until.keys();
      if (until.size > localKeys && oldest !== undefined) until.delete(oldest);
      return true;
    },
  };
}

/**
 * The count, without one that would last longer than its window can: it was begun by a clock that was put forward, and
 * would refuse tries until that time has come. It is removed.
 */
async function readTrue(limiter: Limiter, id: string, limit: Limit): Promise<RateLimiterRes | null> {
  const found = await limiter.get(id);
  if (found === null || found.msBeforeNext <= longestMs(limit)) return found;
  await limiter.delete(id);
  return null;
}

function longestMs({ windowSeconds }: Limit): number {
  // The library counts by the clocks of processes.
  return (windowSeconds + clocksApartSeconds) * 1000;
}

function prefixOf({ name }: Limit): string {
  return `limit:${name}`;
}

/** The library rejects with the count when it is above the limit, and with an Error when it cannot count. */
async function consume(limiter: Limiter, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  }
}

function sharedLimiter(limit: Limit, { ask, redis }: RateLimitStoreOptions) {
  const options = { keyPrefix: prefixOf(limit), points: limit.tries, duration: limit.windowSeconds };
  if (redis !== undefined) return new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
  return new RateLimiterPostgres({
    ...options,
    storeClient: { query: (query: Query) => queryThrough(ask, query) },
    storeType: 'client',
    tableName: 'rate_limits',
    // By a migration.
    tableCreated: true,
  });
}

/** The library names each of its statements. */
interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Row {
  readonly points: number;
  /** A bigint, which node-postgres returns as text. */
  readonly expire: string;
}

/** The service's own pool in the place of a client of pg: with the same limits on time as everything else. */
async function queryThrough(ask: UserDb['ask'], { name, text, values }: Query) {
  const rows = await ask<Row>({ name, text }, values);
  return { rows: rows.map(({ points, expire }) => ({ points, expire: Number(expire) })), rowCount: rows.length };
}
