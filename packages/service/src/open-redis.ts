import { setTimeout as delay } from 'node:timers/promises';
import type { Log, Metrics } from '@auth/http';
import { labelOf, loadRedis, reconnectAtFaults } from '@auth/revocation';
import type { Redis } from 'ioredis';

/** The time limit of a command. Every command has a fallback, and a fast fallback is better than a late answer. */
const answerWithinMs = 100;
/**
 * The longest time that a start waits for Redis, so that the first requests find a connection. The service also starts
 * without Redis.
 */
const startMs = 1000;

export interface OpenRedisOptions {
  readonly log: Log;
  readonly metrics?: Pick<Metrics, 'counter' | 'gauges'>;
  /** The longest time for the answer to a command; 100 ms unless given. */
  readonly answerMs?: number;
}

/**
 * Opens the Redis that replicas share, which may be unavailable at the start and later. Then a command fails: at once
 * without a connection, after 100 ms without an answer. Time in which this process was suspended does not count. A
 * connection is replaced when the server does not answer or permanently refuses commands. Reconnecting is retried
 * without end. Only the host is logged.
 */
export async function openRedis(url: string, options: OpenRedisOptions): Promise<Redis> {
  const { answerMs = answerWithinMs } = options;
  // The Redis client knows `rediss:` in lower case only and would connect to `REDISS:` without TLS. `URL` writes it in
  // lower case.
  const { href, host } = new URL(url);
  const redis = new (loadRedis())(href, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    // A server that does not answer does not confirm a disconnect either.
    disconnectTimeout: answerMs,
    maxLoadingRetryTime: 2000,
    retryStrategy: (attempts) => Math.min(attempts * 50, 1000),
  });
  watch(redis, { ...options, host, answerMs });
  const waiting = new AbortController();
  const connected = redis.connect().catch(() => undefined);
  await Promise.race([connected, delay(startMs, undefined, { signal: waiting.signal }).catch(() => undefined)]);
  waiting.abort();
  return redis;
}

/** Reports a Redis that is down or refuses commands: once in the log until it works again, and in metrics. */
function watch(redis: Redis, options: OpenRedisOptions & { readonly host: string; readonly answerMs: number }) {
  const { host, log, metrics, answerMs } = options;
  const count = metrics?.counter('redis_faults_total', 'Commands that Redis did not answer or refused, by reason.', [
    'reason',
  ]);
  /** The current fault, until the command that failed works again. */
  let fault: string | undefined;
  let reported: string | undefined;
  let reason: string | undefined;
  const isUsable = () => redis.status === 'ready' && fault === undefined;
  metrics?.gauges('redis_usable', '1 while Redis is connected and executes commands.', [], () => [
    { labels: {}, value: Number(isUsable()) },
  ]);
  const reportFault = (code: string, why: string | undefined) => {
    if (code !== reported) log.warn({ redis: host, code, reason: why }, 'Redis is down: each replica is on its own');
    reported = code;
  };
  const reportRecovery = () => {
    if (reported === undefined || !isUsable()) return;
    log.info({ redis: host }, 'Redis is back');
    reported = undefined;
  };
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  // The fault that ended a connection was already reported.
  redis.on('reconnecting', () => reported ?? reportFault('unreachable', reason));
  redis.on('ready', reportRecovery);
  reconnectAtFaults(redis, {
    answerMs,
    onFault(found) {
      count?.({ reason: labelOf(found) });
      fault = found.code;
      reportFault(found.code, found.advice);
    },
    onRecovered() {
      fault = undefined;
      reportRecovery();
    },
  });
}
