import { createRequire } from 'node:module';
import { startDeadline } from '@auth/verify';
import type * as ioredis from 'ioredis';
import type { Redis } from 'ioredis';
import { reconnectAtFaults, redisFaultOf } from './redis-fault.ts';

/** Loads the Redis client. At the first connection only, since it takes 11 MB and many services run without Redis. */
export function loadRedis(): typeof ioredis.Redis {
  const { Redis } = createRequire(import.meta.url)('ioredis') as typeof ioredis;
  return Redis;
}

/** A connection to a Redis server, which is reopened without end. */
export interface RedisConnection {
  readonly redis: Redis;
  /**
   * Runs a command. Rejects at once without a connection, and when no answer arrives in time. No command is queued or
   * sent twice.
   */
  run<T>(command: () => Promise<T>): Promise<T>;
  /** Resolves when the connection can be used, or after `ms`, so that a process starts although the server is down. */
  readyWithin(ms: number): Promise<void>;
}

export interface RedisConnectionOptions {
  /** The longest time that a blocking command waits in the server, in milliseconds. */
  readonly blockMs?: number;
  /** The longest time for an answer, in addition to `blockMs`; then the connection is replaced. */
  readonly answerMs?: number;
}

/** Connects to the server at a `redis:` or `rediss:` URL. */
export function connectRedis(url: string, options: RedisConnectionOptions = {}): RedisConnection {
  const { blockMs = 0, answerMs = 5000 } = options;
  const redis = new (loadRedis())(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: answerMs,
    // The time for a closed connection to end by itself: no command waits for it.
    disconnectTimeout: 100,
    maxLoadingRetryTime: 2000,
    retryStrategy: (attempts) => Math.min(25 * 2 ** Math.min(attempts, 8), 2000),
  });
  reconnectAtFaults(redis);
  let reason: Error | undefined;
  redis.on('error', (error: Error) => {
    // ioredis reports its own greeting on a lost connection this way: the previous error is the reason.
    if (!error.message.startsWith("Stream isn't writeable")) reason = error;
  });
  redis.on('ready', () => {
    reason = undefined;
  });

  /** Closes the connection after a time without an answer: TCP itself would wait minutes for a server that is gone. */
  function giveUpAfter(ms: number): () => void {
    const socket = redis.stream;
    const giveUp = () => {
      reason = new Error(`no answer from Redis within ${ms} ms`);
      socket.destroy(reason);
    };
    return startDeadline(ms, giveUp);
  }

  // A connection is ready only after the server has answered a query for its version.
  let cancelGreeting = () => {};
  redis.on('connect', () => {
    cancelGreeting = giveUpAfter(answerMs);
  });
  for (const event of ['ready', 'close']) redis.on(event, () => cancelGreeting());

  return {
    redis,
    async run(command) {
      if (redis.status !== 'ready') throw reason ?? new Error('there is no connection to Redis');
      const cancel = giveUpAfter(blockMs + answerMs);
      try {
        return await command();
      } catch (error) {
        const fault = redisFaultOf(error);
        if (fault !== undefined) reason = new Error(`Redis: ${fault.advice} (${fault.code})`, { cause: error });
        throw fault === undefined ? error : reason;
      } finally {
        cancel();
      }
    },
    async readyWithin(ms) {
      if (redis.status === 'ready') return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms).unref();
        function done() {
          clearTimeout(timer);
          redis.off('ready', done);
          resolve();
        }
        redis.once('ready', done);
      });
    },
  };
}
