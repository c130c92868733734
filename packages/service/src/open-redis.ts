import { setTimeout as delay } from 'node:timers/promises';
import type { Log, Metrics } from '@auth/http';
import { labelOf, loadRedis, reconnectAtFaults } from '@auth/revocation';
import type { Redis } from 'ioredis';

/** What is asked of Redis has an answer at hand for when it fails: better that soon than this late. */
const answerWithinMs = 100;
/** How long a start waits for Redis: so that the first requests find it, not so that it must be there. */
const startMs = 1000;

export interface OpenRedisOptions {
  readonly log: Log;
  readonly metrics?: Pick<Metrics, 'counter' | 'gauges'>;
  /** The longest that Redis may take to answer a command; 100 ms unless given. */
  readonly answerMs?: number;
}

/**
 * Opens Redis, for what replicas share. It may be down, at the start and later: a command then fails, at once while there is
 * no connection and after 100 ms while there is no answer, not counting time in which this process stood still. A connection
 * is given up for a new one when the server does not answer or refuses what it will go on refusing; connections are tried
 * again for ever. Only the host is logged.
 */
export async function openRedis(url: string, options: OpenRedisOptions): Promise<Redis> {
  const { answerMs = answerWithinMs } = options;
  // The client knows rediss: in lower case only, and would connect to REDISS: without TLS.
  const { href, host } = new URL(url);
  const redis = new (loadRedis())(href, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    // A server that has gone silent does not say goodbye either.
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
  let told: string | undefined;
  let reason: string | undefined;
  const isUsable = () => redis.status === 'ready' && fault === undefined;
  metrics?.gauges('redis_usable', '1 while Redis is connected and executes commands.', [], () => [
    { labels: {}, value: Number(isUsable()) },
  ]);
  const tell = (code: string, why: string | undefined) => {
    if (code !== told) log.warn({ redis: host, code, reason: why }, 'Redis is down: each replica is on its own');
    told = code;
  };
  const tellBack = () => {
    if (told === undefined || !isUsable()) return;
    log.info({ redis: host }, 'Redis is back');
    told = undefined;
  };
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  // The fault that ended a connection was already reported.
  redis.on('reconnecting', () => told ?? tell('unreachable', reason));
  redis.on('ready', tellBack);
  reconnectAtFaults(redis, {
    answerMs,
    onFault(found) {
      count?.({ reason: labelOf(found) });
      fault = found.code;
      tell(found.code, found.advice);
    },
    onMended() {
      fault = undefined;
      tellBack();
    },
  });
}
