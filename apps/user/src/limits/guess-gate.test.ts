import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createGate } from './guess-gate.ts';

const limits = { address: 5, account: 2 } as const;
const clients = fc.record({
  account: fc.constantFrom('a', 'b', 'c'),
  isRight: fc.boolean(),
  isGone: fc.boolean(),
  /** Whether the fast path runs first, which checks the counts and does its work in one statement. */
  hasFastPath: fc.boolean(),
  /** How many turns of the event loop reading, checking and counting take. */
  turns: fc.tuple(fc.nat(3), fc.nat(5), fc.nat(3)),
});

async function wait(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

interface Login {
  readonly account: string;
  readonly isRight: boolean;
  readonly isGone: boolean;
  readonly hasFastPath?: boolean;
  readonly turns: number[];
}

/** Sends logins of one address through a gate. Returns the outcome of each, and the final counts. */
async function send(logins: readonly Login[]) {
  const gate = createGate();
  const counts = new Map<string, number>();
  const countOf = (key: string) => counts.get(key) ?? 0;
  const outcomes = logins.map(
    async ({ account, isRight, isGone, hasFastPath, turns: [reading = 0, checking = 0, counting = 0] }) => {
      const keys = ['address', account];
      if (hasFastPath) {
        const { others, leave } = gate.enterAtOnce(keys);
        await wait(reading);
        const attempts = keys.map((key, index) => countOf(key) + (others[index] ?? 0));
        await wait(checking);
        leave(false);
        if (isRight && Number(attempts[0]) < limits.address && Number(attempts[1]) < limits.account) return 'right';
      }
      const client = new AbortController();
      const readRoom = async () => {
        const room = [limits.address - countOf('address'), limits.account - countOf(account)];
        await wait(reading);
        if (room.some((left) => left <= 0)) throw new Error('limited');
        return room;
      };
      const entering = gate.enter(keys, readRoom, client.signal);
      if (isGone) client.abort();
      try {
        const leave = await entering;
        await wait(checking);
        if (!isRight) {
          await wait(counting);
          for (const key of keys) counts.set(key, countOf(key) + 1);
        }
        leave(!isRight);
        return isRight ? 'right' : 'wrong';
      } catch (error) {
        return error instanceof Error ? error.message : 'unknown';
      }
    },
  );
  return { outcomes: await Promise.all(outcomes), counts };
}

describe('createGate', () => {
  it('allows no key more wrong guesses than its limit, and ends every request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(clients, { maxLength: 25 }), async (logins) => {
        const { outcomes, counts } = await send(logins);
        expect(counts.get('address') ?? 0).toBeLessThanOrEqual(limits.address);
        for (const account of ['a', 'b', 'c']) expect(counts.get(account) ?? 0).toBeLessThanOrEqual(limits.account);
        expect(outcomes).toHaveLength(logins.length);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses no request while wrong guesses are below the limit', async () => {
    const mostlyRight = fc
      .array(clients, { maxLength: 25 })
      .map((logins) => logins.map((login, index) => ({ ...login, isRight: index !== 3, isGone: false })));
    await fc.assert(
      fc.asyncProperty(mostlyRight, async (logins) => {
        const { outcomes } = await send(logins);
        expect(outcomes).toEqual(logins.map(({ isRight }) => (isRight ? 'right' : 'wrong')));
      }),
      { numRuns: 60 },
    );
  });

  it('lets 100 requests wait at a key, and rejects the next one as too_busy', async () => {
    const gate = createGate();
    const enter = () => gate.enter(['a'], async () => [1]);
    const leave = await enter();
    const waiting = Array.from({ length: 101 }, () =>
      enter().then(
        (leaveNext) => {
          leaveNext(false);
          return 'in';
        },
        (error) => error.code,
      ),
    );
    expect(await Promise.race(waiting)).toBe('too_busy');
    leave(false);
    const outcomes = await Promise.all(waiting);
    expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(100);
  });
});
