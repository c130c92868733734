import { assertNotGone } from './client-gone.ts';
import { UserError } from './user-error.ts';

/** Leaves the gate. `counted`: the shared count of every key was raised before. */
export type Leave = (counted: boolean) => void;

export interface Gate {
  /**
   * Waits until each key has room for one more check, then takes it. Checks in progress take room as wrong guesses do,
   * so guesses sent at the same time get no further than guesses sent one after the other; and they wait for each other
   * instead of being refused, so many right passwords at the same time all get in.
   *
   * @param readRoom how many more wrong guesses each key may make; throws when one of them may make none
   * @throws UserError `too_busy` when too many wait already
   * @throws ClientGoneError when `signal` is aborted meanwhile
   */
  enter(keys: readonly string[], readRoom: () => Promise<readonly number[]>, signal?: AbortSignal): Promise<Leave>;
}

/** Requests that wait at one key, and at all keys together: each of them holds a connection. */
const capacityPerKey = 100;
const capacity = 1000;

interface Entry {
  readonly key: string;
  /** Requests that hold this entry: it is dropped with the last. */
  users: number;
  /** Checks in progress. */
  inProgress: number;
  /** How often the shared count was raised by a request that holds this entry. */
  raised: number;
  /** Each wakes one request. */
  readonly waiting: (() => void)[];
}

/** Creates the gate of one process. Several processes know nothing of each other's checks in progress. */
export function createGate(): Gate {
  const entries = new Map<string, Entry>();
  let waiting = 0;

  function hold(key: string): Entry {
    const entry = entries.get(key) ?? { key, users: 0, inProgress: 0, raised: 0, waiting: [] };
    entries.set(key, entry);
    entry.users += 1;
    return entry;
  }

  function release(held: readonly Entry[]): void {
    for (const entry of held) {
      entry.users -= 1;
      if (entry.users === 0) entries.delete(entry.key);
      else wakeNext(entry);
    }
  }

  async function wait(entry: Entry, signal: AbortSignal | undefined): Promise<void> {
    if (entry.waiting.length >= capacityPerKey || waiting >= capacity) {
      throw new UserError('too_busy', 'too many logins wait for others of the same client');
    }
    waiting += 1;
    let wake: () => void = () => {};
    try {
      await new Promise<void>((resolve) => {
        wake = resolve;
        entry.waiting.push(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    } finally {
      waiting -= 1;
      signal?.removeEventListener('abort', wake);
      const index = entry.waiting.indexOf(wake);
      if (index >= 0) entry.waiting.splice(index, 1);
    }
  }

  async function takeRoom(held: readonly Entry[], readRoom: () => Promise<readonly number[]>, signal?: AbortSignal) {
    let woken: Entry | undefined;
    for (;;) {
      assertNotGone(signal);
      const before = held.map(({ raised }) => raised);
      const room = await readRoom();
      // A count that was raised after it was read is read again.
      if (held.some(({ raised }, index) => raised !== before[index])) continue;
      const full = held.find(({ inProgress }, index) => inProgress >= (room[index] ?? 0));
      if (full === undefined) break;
      // The room it was woken for is of no use to it: perhaps to the next.
      if (woken !== undefined && woken !== full) wakeNext(woken);
      await wait(full, signal);
      woken = full;
    }
    for (const entry of held) entry.inProgress += 1;
  }

  return {
    async enter(keys, readRoom, signal) {
      const held = keys.map(hold);
      try {
        await takeRoom(held, readRoom, signal);
      } catch (error) {
        release(held);
        throw error;
      }
      for (const entry of held) wakeNext(entry);
      return (counted) => {
        for (const entry of held) {
          entry.inProgress -= 1;
          if (counted) entry.raised += 1;
        }
        release(held);
      };
    },
  };
}

function wakeNext({ waiting }: Entry): void {
  waiting.shift()?.();
}
