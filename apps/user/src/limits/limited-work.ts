import type { AccountAudit, AccountEvent } from '../accounts/account-event.ts';
import { assertNotGone } from './client.ts';
import { createGate } from './guess-gate.ts';
import type { Counter, Limit, Standing, StoredCount, StoredTries } from './rate-limit.ts';
import { isExceeded, RateLimitError } from './rate-limit.ts';

/** The client that makes the request. */
export interface Visitor {
  /** The block of addresses that it comes from, from `addressBlock`. */
  readonly from: string;
  /** The larger network around an IPv6 block, from `addressNetwork`. */
  readonly network?: string | undefined;
  /** Aborted when the client has closed its connection. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the state of the limits before work is done or refused, and again after a try was counted. */
  readonly onCounted: (standings: readonly Standing[]) => void;
}

/** One limit and the key that a request counts under. */
export interface Keyed {
  readonly limit: Limit;
  readonly counter: Counter;
  readonly key: string;
}

export interface Plan {
  readonly event: AccountEvent['event'];
  /** Limits that the work must be below, checks in progress included. */
  readonly limits: readonly Keyed[];
  /** Limits that are only read. */
  readonly alsoBelow?: readonly Keyed[];
  /** The counts to raise after the work; `error` is absent when it succeeded. */
  readonly countedFor: (error?: unknown) => readonly Keyed[] | Promise<readonly Keyed[]>;
}

/**
 * Does work while its limits allow it, and counts the result afterwards.
 *
 * @throws RateLimitError when a limit is exceeded, with the time after which all limits allow the work again
 */
export type LimitedWork = <T>(visitor: Visitor, plan: Plan, work: () => Promise<T>, first?: Within<T>) => Promise<T>;

/**
 * Work that checks its limits itself, in the statement that does it. Undefined, and nothing is done, where one of them is
 * reached, or for a reason of its own.
 */
export type Within<T> = (
  tries: StoredTries,
) => Promise<{ readonly result: T; readonly found: readonly (StoredCount | undefined)[] } | undefined>;

/** Creates the function, with a gate for this process. */
export function createLimitedWork({ audit }: { audit: AccountAudit }): LimitedWork {
  const gate = createGate();

  async function readRoom(visitor: Visitor, { event, limits, alsoBelow = [] }: Plan): Promise<readonly number[]> {
    const [standings, others] = await Promise.all([readAll(limits), readAll(alsoBelow)]);
    visitor.onCounted(standings);
    const exceeded = [...standings, ...others].filter(isExceeded);
    if (exceeded.length > 0) {
      const error = new RateLimitError(exceeded);
      audit({ event, outcome: 'limited', reason: error.limit });
      throw error;
    }
    return standings.map(({ limit, tries }) => limit.tries - tries);
  }

  const namesOf = ({ limits }: Plan) => limits.map(({ limit, key }) => `${limit.name} ${key}`);

  /** Does the work without a look at the limits before it, which costs as much as the work. */
  async function doWithin<T>(
    visitor: Visitor,
    plan: Plan,
    work: Within<T>,
  ): Promise<{ readonly result: T } | undefined> {
    const stored = plan.limits.flatMap(({ counter, key }) => counter.stored(key) ?? []);
    if (stored.length < plan.limits.length) return undefined;
    assertNotGone(visitor.signal);
    const { others, leave } = gate.begin(namesOf(plan));
    try {
      const at = Date.now();
      const done = await work({
        keys: stored.map(({ key }) => key),
        below: plan.limits.map(({ limit }, index) => limit.tries - (others[index] ?? 0)),
        ...{ at, latest: at + Math.max(0, ...stored.map(({ longestMs }) => longestMs)) },
      });
      if (done === undefined) return undefined;
      visitor.onCounted(
        plan.limits.flatMap(({ limit }, index) => {
          const count = stored[index]?.countOf(done.found[index]);
          return count === undefined ? [] : [{ limit, ...count }];
        }),
      );
      return done;
    } finally {
      leave(false);
    }
  }

  return async (visitor, plan, work, first) => {
    const done = first === undefined ? undefined : await doWithin(visitor, plan, first);
    if (done !== undefined) return done.result;
    const keys = namesOf(plan);
    const leave = await gate.enter(keys, () => readRoom(visitor, plan), visitor.signal);
    let counted: readonly Keyed[] = [];
    async function settle(error?: unknown): Promise<void> {
      counted = await plan.countedFor(error);
      const standings = await Promise.all(
        counted.map(async ({ limit, counter, key }) => ({ limit, ...(await counter.count(key)) })),
      );
      if (plan.limits.some((keyed) => !counted.includes(keyed))) return;
      const names = new Set(plan.limits.map(({ limit }) => limit.name));
      visitor.onCounted(standings.filter(({ limit }) => names.has(limit.name)));
    }
    try {
      assertNotGone(visitor.signal);
      const result = await work().catch(async (error: unknown) => {
        await settle(error);
        throw error;
      });
      await settle();
      return result;
    } finally {
      leave(counted.length > 0);
    }
  };
}

/** The state of limits. */
export function readAll(limits: readonly Keyed[]): Promise<Standing[]> {
  return Promise.all(limits.map(async ({ limit, counter, key }) => ({ limit, ...(await counter.read(key)) })));
}
