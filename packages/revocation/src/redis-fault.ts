import { startDeadline } from '@auth/verify';
import type { Redis } from 'ioredis';

/** The fault of a Redis connection: an error reply that will not change on this connection, or no reply in time. */
export interface RedisFault {
  /** The first word of the reply (`READONLY`, `OOM` …), or `TIMEOUT`: fit for a metric label through `labelOf`. */
  readonly code: string;
  /** Advice for an operator. */
  readonly advice: string;
  readonly error: unknown;
}

const advices: Readonly<Record<string, string>> = {
  TIMEOUT: 'it does not answer in time: it is overloaded or stopped, or the network is down',
  READONLY: 'it is a replica: the URL must name the primary, also after a failover',
  MASTERDOWN: 'it is a replica that has lost its primary: the URL must name the primary',
  LOADING: 'it is still reading its data: wait',
  NOREPLICAS: 'it has fewer replicas than min-replicas-to-write requires: repair them, or lower that setting',
  OOM: 'its memory is full: raise maxmemory',
  MISCONF: 'it cannot save to its disk: repair the disk, or set stop-writes-on-bgsave-error to no',
  CLUSTERDOWN: 'its cluster is incomplete: repair the cluster',
  MOVED: 'it is a Redis Cluster of several shards, which is not supported: use one primary',
  CROSSSLOT: 'it is a Redis Cluster of several shards, which is not supported: use one primary',
  NOAUTH: 'it requires a password: add it to the URL',
  WRONGPASS: 'it does not accept the user or the password of the URL',
  NOPERM: 'its ACL does not allow this user the command or the key',
  BUSY: 'a script of another client blocks it: SCRIPT KILL ends that',
  UNBLOCKED: 'its role has changed while a command was waiting',
  EXECABORT: 'it refused a transaction: the log of Redis says why',
};
const otherAdvice = 'the log of Redis says why';

/** Error replies that concern the command, not the server or the connection. `SUPERSEDED` comes from a script of this package. */
const aboutTheCommand = new Set(['ERR', 'WRONGTYPE', 'NOSCRIPT', 'BUSYGROUP', 'NOGROUP', 'BUSYKEY', 'SUPERSEDED']);

/** Finds the fault in an error of ioredis; `undefined` when the connection is still usable. */
export function redisFaultOf(error: unknown): RedisFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = error.name === 'ReplyError' ? codeOf(error.message) : silence(error.message);
  if (code === undefined || aboutTheCommand.has(code)) return undefined;
  return { code, advice: advices[code] ?? otherAdvice, error };
}

/** Maps the code of a fault to a metric label, from a closed set. */
export function labelOf({ code }: RedisFault): string {
  return code in advices ? code : 'other';
}

/** Redis up to 6 wraps the error reply to a command of a script: `ERR Error running script …: -READONLY You can't …`. */
function codeOf(message: string): string | undefined {
  return /^ERR Error running script.*?-([A-Z]{3,})\b/s.exec(message)?.[1] ?? /^([A-Z]+)\b/.exec(message)?.[1];
}

function silence(message: string): 'TIMEOUT' | undefined {
  return /^(?:Command|Blocking command) timed out/.test(message) ? 'TIMEOUT' : undefined;
}

export interface FaultOptions {
  /**
   * The longest time for the answer to a command, in milliseconds; unbounded unless given. Replaces `commandTimeout` of
   * ioredis, which also counts time in which this process was suspended.
   */
  readonly answerMs?: number;
  /** Called with every fault. */
  readonly onFault?: (fault: RedisFault) => void;
  /** Called when Redis works again. */
  readonly onRecovered?: () => void;
}

/** The shortest time between two closings of a connection because of an error reply. */
const paceMs = 2000;
/** The time without a fault after which one successful command counts as recovery. */
const calmMs = 30_000;

/**
 * Closes the connection after a fault, so that ioredis opens another one and resolves the host's name again, which leads
 * to the new primary after a failover. Faults are detected in every command, also in pipelines, scripts and transactions.
 * Called once for each client.
 */
export function reconnectAtFaults(
  redis: Redis,
  { answerMs, onFault = () => {}, onRecovered = () => {} }: FaultOptions = {},
): void {
  const failing = new Set<string>();
  let faultAt = Number.NEGATIVE_INFINITY;
  let givenUpAt = Number.NEGATIVE_INFINITY;

  function fail(name: string, fault: RedisFault): void {
    const now = performance.now();
    failing.add(name);
    faultAt = now;
    // A call of `disconnect(true)` while ioredis connects would end the client for good.
    const isConnected = redis.status === 'ready' || redis.status === 'connect';
    // A server that does not answer is disconnected at once, since each further command would wait for it.
    if (isConnected && now - givenUpAt >= (fault.code === 'TIMEOUT' ? 0 : paceMs)) {
      givenUpAt = now;
      redis.disconnect(true);
    }
    onFault(fault);
  }

  function succeed(name: string): void {
    if (failing.size === 0) return;
    failing.delete(name);
    if (failing.size > 0 && performance.now() - faultAt < calmMs) return;
    failing.clear();
    onRecovered();
  }

  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const name = command.name.replace(/^evalsha$/, 'eval');
    const cancel =
      answerMs === undefined ? () => {} : startDeadline(answerMs, () => command.reject(new Error('Command timed out')));
    command.promise.then(
      (result: unknown) => {
        cancel();
        const fault = name === 'exec' && Array.isArray(result) ? firstFault(result) : undefined;
        if (fault === undefined) succeed(name);
        else fail(name, fault);
      },
      (error: unknown) => {
        cancel();
        const fault = redisFaultOf(error);
        if (fault !== undefined) fail(name, fault);
      },
    );
    return send(command, stream);
  };
}

/** EXEC succeeds even when a command in it failed: the error is one of its results. */
function firstFault(results: readonly unknown[]): RedisFault | undefined {
  return results.map(redisFaultOf).find((fault) => fault !== undefined);
}
