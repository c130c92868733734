import type { AccountAudit, AccountEvent } from '../accounts/account-event.ts';
import { assertNotGone, type Client } from './client.ts';
import { createGate } from './guess-gate.ts';
import {
  type Counter,
  isExceeded,
  type Limit,
  type LimitState,
  RateLimitError,
  type StoredCount,
  type StoredLimits,
} from './rate-limit.ts';

/** A limit and the key under which a request is counted. */
export interface KeyedLimit {
  readonly limit: Limit;
  readonly counter: Counter;
  readonly key: string;
}

/** The limits of one piece of work. */
export interface Plan {
  readonly event: AccountEvent['event'];
  /** Limits that must not be reached, work in progress included. */
  readonly limits: readonly KeyedLimit[];
  /** Limits that must not be reached, without work in progress. */
  readonly alsoBelow?: readonly KeyedLimit[];
  /** Returns the counts to raise after the work; `error` is absent when the work succeeded. */
  readonly countAfter: (error?: unknown) => readonly KeyedLimit[] | Promise<readonly KeyedLimit[]>;
}

/**
 * Does work while its limits allow it, and counts the result afterwards. Runs `fastPath` first, where there is one.
 *
 * @throws RateLimitError when a limit is exceeded, with the time after which all limits allow the work again
 */
export type LimitedWork = <T>(client: Client, plan: Plan, work: () => Promise<T>, fastPath?: FastPath<T>) => Promise<T>;

/**
 * Work in one database statement that also checks the limits. Returns `undefined`, with nothing done, when a limit is
 * reached or the work needs the slow path.
 */
export type FastPath<T> = (
  limits: StoredLimits,
) => Promise<{ readonly result: T; readonly found: readonly (StoredCount | undefined)[] } | undefined>;

/** Creates the function, with a gate for this process. */
export function createLimitedWork({ audit }: { audit: AccountAudit }): LimitedWork {
  const gate = createGate();

  async function readRoom(client: Client, { event, limits, alsoBelow = [] }: Plan): Promise<readonly number[]> {
    const [states, others] = await Promise.all([readStates(limits), readStates(alsoBelow)]);
    client.reportLimits(states);
    const exceeded = [...states, ...others].filter(isExceeded);
    if (exceeded.length > 0) {
      const error = new RateLimitError(exceeded);
      audit({ event, outcome: 'limited', reason: error.limit });
      throw error;
    }
    return states.map(({ limit, attempts }) => limit.attempts - attempts);
  }

  const keysOf = ({ limits }: Plan) => limits.map(({ limit, key }) => `${limit.name} ${key}`);

  /** Runs the fast path, which does not read the limits first: that would cost as much as the work. */
  async function runFast<T>(client: Client, plan: Plan, fastPath: FastPath<T>): ReturnType<FastPath<T>> {
    const rows = plan.limits.flatMap(({ counter, key }) => counter.row(key) ?? []);
    if (rows.length < plan.limits.length) return undefined;
    assertNotGone(client.signal);
    const { others, leave } = gate.enterAtOnce(keysOf(plan));
    try {
      const at = Date.now();
      const done = await fastPath({
        keys: rows.map(({ key }) => key),
        below: plan.limits.map(({ limit }, index) => limit.attempts - (others[index] ?? 0)),
        at,
        latest: at + Math.max(0, ...rows.map(({ longestMs }) => longestMs)),
      });
      if (done === undefined) return undefined;
      client.reportLimits(
        plan.limits.flatMap(({ limit }, index) => {
          const count = rows[index]?.countOf(done.found[index]);
          return count === undefined ? [] : [{ limit, ...count }];
        }),
      );
      return done;
    } finally {
      leave(false);
    }
  }

  return async (client, plan, work, fastPath) => {
    const done = fastPath && (await runFast(client, plan, fastPath));
    if (done !== undefined) return done.result;
    const leave = await gate.enter(keysOf(plan), () => readRoom(client, plan), client.signal);
    let counted: readonly KeyedLimit[] = [];
    async function count(error?: unknown): Promise<void> {
      counted = await plan.countAfter(error);
      const states = await Promise.all(
        counted.map(async ({ limit, counter, key }) => ({ limit, ...(await counter.count(key)) })),
      );
      if (plan.limits.some((keyed) => !counted.includes(keyed))) return;
      const names = new Set(plan.limits.map(({ limit }) => limit.name));
      client.reportLimits(states.filter(({ limit }) => names.has(limit.name)));
    }
    try {
      assertNotGone(client.signal);
      const result = await work().catch(async (error: unknown) => {
        await count(error);
        throw error;
      });
      await count();
      return result;
    } finally {
      leave(counted.length > 0);
    }
  };
}

/** Reads the states of limits. */
export function readStates(limits: readonly KeyedLimit[]): Promise<LimitState[]> {
  return Promise.all(limits.map(async ({ limit, counter, key }) => ({ limit, ...(await counter.read(key)) })));
}
