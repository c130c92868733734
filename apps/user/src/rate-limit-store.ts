import { createHash } from 'node:crypto';
import type { UserDb } from '@auth/db/user';
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import type { Limit, RateLimitStore } from './rate-limit.ts';

export interface RateLimitStoreOptions {
  readonly client: UserDb['client'];
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
type Limiter = Pick<RateLimiterMemory, 'consume' | 'reward' | 'delete'>;

/** Counts in memory are kept for so many keys of a limit at most; two keys may then share one. */
const localKeys = 2 ** 14;

/**
 * Counts tries in Postgres, or in Redis, for all replicas together; when that is down, in memory, for this process alone.
 * No key is kept as it is: it holds addresses.
 */
export function createRateLimitStore(options: RateLimitStoreOptions): RateLimitStore {
  const { timeoutMs, retryAfterMs, onFallback } = options;
  let downUntil = Number.NEGATIVE_INFINITY;

  return (limit) => {
    const shared = new RLWrapperTimeouts({ limiter: sharedLimiter(limit, options), timeoutMs });
    const local = new RateLimiterMemory({ points: limit.tries, duration: limit.windowSeconds });

    async function use<T>(key: string, work: (limiter: Limiter, key: string) => Promise<T>): Promise<T> {
      const hash = createHash('sha256').update(key).digest();
      const nearby = () => work(local, String(hash.readUInt32BE() % localKeys));
      if (performance.now() < downUntil) return nearby();
      try {
        return await work(shared, hash.toString('base64url'));
      } catch (error) {
        downUntil = performance.now() + retryAfterMs;
        onFallback(error);
        return nearby();
      }
    }

    return {
      async count(key) {
        const { consumedPoints, msBeforeNext } = await use(key, consume);
        return { tries: consumedPoints, resetSeconds: Math.ceil(msBeforeNext / 1000) };
      },
      giveBack: (key) => use(key, async (limiter, id) => void (await limiter.reward(id))),
      forget: (key) => use(key, async (limiter, id) => void (await limiter.delete(id))),
    };
  };
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

function sharedLimiter({ name, tries, windowSeconds }: Limit, { client, redis }: RateLimitStoreOptions) {
  const options = { keyPrefix: `limit:${name}`, points: tries, duration: windowSeconds };
  if (redis !== undefined) return new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
  return new RateLimiterPostgres({
    ...options,
    storeClient: { query: (query: Query) => queryThrough(client, query) },
    storeType: 'client',
    tableName: 'rate_limits',
    // By a migration.
    tableCreated: true,
  });
}

interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Row {
  readonly points: number;
  readonly expire: bigint;
}

/** Prisma in the place of a client of pg: the same pool and the same limits on time for everything. */
async function queryThrough(client: UserDb['client'], { text, values }: Query) {
  const rows = await client.$queryRawUnsafe<Row[]>(text, ...values);
  return { rows: rows.map(({ points, expire }) => ({ points, expire: Number(expire) })), rowCount: rows.length };
}
