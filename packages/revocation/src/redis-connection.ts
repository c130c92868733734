import { createRequire } from 'node:module';
import { startDeadline } from '@auth/verify';
import type * as ioredis from 'ioredis';
import type { Redis } from 'ioredis';
import { reconnectAtFaults, redisFaultOf } from './redis-fault.ts';

/** Loads the Redis client when the first connection is made: it takes 11 MB of memory, and many services run without Redis. */
export function loadRedis(): typeof ioredis.Redis {
  const { Redis } = createRequire(import.meta.url)('ioredis') as typeof ioredis;
  return Redis;
}

/** A connection to a Redis server that is made again for ever. */
export interface RedisConnection {
  readonly redis: Redis;
  /**
   * Runs a command. Rejects at once while there is no connection, and when no answer comes in time: nothing is queued,
   * nothing is sent twice.
   */
  ask<T>(command: () => Promise<T>): Promise<T>;
  /** Resolves when the connection can be used, or after `ms`: a server that is down must not keep a process from starting. */
  readyWithin(ms: number): Promise<void>;
}

export interface RedisConnectionOptions {
  /** How long a command may wait in the server, in milliseconds. */
  readonly blockMs?: number;
  /** The longest that a server may take beside that; more, and the connection is given up for a new one. */
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
    // How long a closed connection may take to end by itself: nobody waits for anything on it.
    disconnectTimeout: 100,
    maxLoadingRetryTime: 2000,
    retryStrategy: (attempts) => Math.min(25 * 2 ** Math.min(attempts, 8), 2000),
  });
  reconnectAtFaults(redis);
  let reason: Error | undefined;
  redis.on('error', (error: Error) => {
    // What the client says of its own greeting once a connection is gone: the reason is the one before.
    if (!error.message.startsWith("Stream isn't writeable")) reason = error;
  });
  redis.on('ready', () => {
    reason = undefined;
  });

  /** A peer that is gone without a word, or frozen, would be waited for until TCP gives up. */
  function giveUpAfter(ms: number): () => void {
    const socket = redis.stream;
    const giveUp = () => {
      reason = new Error(`no answer from Redis within ${ms} ms`);
      socket.destroy(reason);
    };
    return startDeadline(ms, giveUp);
  }

  // It is connected before it is ready: in between the server is asked for its version.
  let cancelGreeting = () => {};
  redis.on('connect', () => {
    cancelGreeting = giveUpAfter(answerMs);
  });
  for (const event of ['ready', 'close']) redis.on(event, () => cancelGreeting());

  return {
    redis,
    async ask(command) {
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
