import { once } from 'node:events';
import { Redis } from 'ioredis';

/** The longest that a server may take to answer, in milliseconds, beside what it was asked to wait. */
const answerMs = 5000;

/**
 * Connects, and connects again for ever. What cannot be sent at once rejects: nothing is queued while there is no
 * connection, and nothing is sent twice.
 */
export function connectRedis(url: string, { blockMs = 0 }: { readonly blockMs?: number } = {}): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: answerMs,
    commandTimeout: blockMs + answerMs,
    retryStrategy: (attempts) => Math.min(25 * 2 ** Math.min(attempts, 8), 2000),
  });
  // Who sends a command learns of it there.
  redis.on('error', () => undefined);
  return redis;
}

/** Resolves when the connection can be used, or after `ms`: a server that is down must not keep a process from starting. */
export async function readyWithin(redis: Redis, ms: number): Promise<void> {
  if (redis.status !== 'ready') await once(redis, 'ready', { signal: AbortSignal.timeout(ms) }).catch(() => undefined);
}

/** Runs a command; where no answer came in time, the connection is given up for a new one. */
export async function answered<T>(redis: Redis, command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    // Its answer may still come, and would be taken for that of the next command's sender.
    if (error instanceof Error && error.message === 'Command timed out') redis.disconnect(true);
    throw error;
  }
}
