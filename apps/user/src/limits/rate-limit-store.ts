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
  /** An ioredis client. When given, Redis counts instead of the database. */
  readonly redis?: object | undefined;
  /** How long the shared store may take before memory counts instead. */
  readonly timeoutMs: number;
  /** How long memory counts after a failure, before the next use of the shared store. */
  readonly retryAfterMs: number;
  /** Called each time the shared store fails. */
  readonly onFallback: (error: unknown) => void;
}

/** The functions of the library that are used. */
type Limiter = Pick<RateLimiterMemory, 'get' | 'consume' | 'delete'>;

/** How many keys of a limit memory holds. Several keys may share one count. */
const localKeys = 2 ** 14;

/**
 * Creates the store of rate limits. Attempts of all replicas are counted together, in Postgres or in Redis; while that is
 * down, each process counts in memory. Keys are stored as hashes, since they hold addresses.
 */
export function createRateLimitStore(options: RateLimitStoreOptions): RateLimitStore {
  const { timeoutMs, retryAfterMs, onFallback } = options;
  let downUntil = Number.NEGATIVE_INFINITY;

  function open(limit: Limit) {
    const shared = new RLWrapperTimeouts({ limiter: sharedLimiter(limit, options), timeoutMs });
    return async <T>(key: string, work: (limiter: Limiter, id: string) => Promise<T>, inMemory: (id: Buffer) => T) => {
      const hash = createHash('sha256').update(key).digest();
      if (performance.now() < downUntil) return inMemory(hash);
      try {
        return await work(shared, hash.toString('base64url'));
      } catch (error) {
        downUntil = performance.now() + retryAfterMs;
        onFallback(error);
        return inMemory(hash);
      }
    };
  }

  return {
    counter(limit) {
      const use = open(limit);
      const local = new RateLimiterMemory({ points: limit.attempts, duration: limit.windowSeconds });
      const localId = (hash: Buffer) => String(hash.readUInt32BE() % localKeys);
      const both = <T>(key: string, work: (limiter: Limiter, id: string) => Promise<T>) =>
        use<T | Promise<T>>(key, work, (hash) => work(local, localId(hash)));
      return {
        read: async (key) => countOf(limit, await both(key, (limiter, id) => readValid(limiter, id, limit))),
        count: async (key) => countOf(limit, await both(key, consume)),
        forget: async (key) => void (await both(key, (limiter, id) => limiter.delete(id))),
        row(key) {
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
      const use = open({ name, attempts: 1, windowSeconds });
      const local = createLocalMemory(windowSeconds * 1000);
      return {
        has: (key) => use(key, async (limiter, id) => (await limiter.get(id)) !== null, local.has),
        add: (key) => use(key, async (limiter, id) => (await consume(limiter, id)).consumedPoints === 1, local.add),
      };
    },
  };
}

/** Converts a count of the library. Without one, the window begins with the next attempt. */
function countOf({ windowSeconds }: Limit, result: RateLimiterRes | null) {
  if (result === null) return { attempts: 0, resetSeconds: windowSeconds };
  return { attempts: result.consumedPoints, resetSeconds: Math.ceil(result.msBeforeNext / 1000) };
}

function storedCount(limit: Limit, found: StoredCount | undefined) {
  if (found === undefined) return countOf(limit, null);
  return { attempts: found.points, resetSeconds: Math.ceil(Math.max(0, found.expire - Date.now()) / 1000) };
}

/** Creates a memory of this process. When it is full, the oldest key is forgotten; keys never share an entry. */
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
 * Reads a count, and removes one that lasts longer than its window: a clock that was ahead began it, and it would refuse
 * attempts until that time.
 */
async function readValid(limiter: Limiter, id: string, limit: Limit): Promise<RateLimiterRes | null> {
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

/** Counts an attempt. The library rejects with the count above the limit, and with an Error when it cannot count. */
async function consume(limiter: Limiter, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) return error;
    throw error;
  }
}

function sharedLimiter(limit: Limit, { ask, redis }: RateLimitStoreOptions) {
  const options = { keyPrefix: prefixOf(limit), points: limit.attempts, duration: limit.windowSeconds };
  if (redis !== undefined) return new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
  return new RateLimiterPostgres({
    ...options,
    storeClient: { query: (query: Query) => queryThrough(ask, query) },
    storeType: 'client',
    tableName: 'rate_limits',
    // A migration creates the table.
    tableCreated: true,
  });
}

/** A statement of the library, which names each. */
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

/** Runs a statement of the library in the service's own pool, with the same timeouts as all other statements. */
async function queryThrough(ask: UserDb['ask'], { name, text, values }: Query) {
  const rows = await ask<Row>({ name, text }, values);
  return { rows: rows.map(({ points, expire }) => ({ points, expire: Number(expire) })), rowCount: rows.length };
}
