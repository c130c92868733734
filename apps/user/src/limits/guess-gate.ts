import { UserError } from '../user-error.ts';
import { assertNotGone } from './client.ts';

/** Leaves the gate. `counted` is whether the shared count of every key was raised before. */
export type Leave = (counted: boolean) => void;

export interface Gate {
  /**
   * Waits until each key has room for one more check, then takes the room. A check in progress counts as a wrong guess,
   * so that concurrent guesses get no more checks than consecutive ones. Checks wait for each other instead of being refused, so
   * many right passwords at the same time all succeed.
   *
   * @param readRoom returns how many more wrong guesses each key may make; throws when a key may make none
   * @throws UserError `too_busy` when too many requests wait
   * @throws ClientGoneError when `signal` is aborted meanwhile
   */
  enter(keys: readonly string[], readRoom: () => Promise<readonly number[]>, signal?: AbortSignal): Promise<Leave>;
  /**
   * Takes room without waiting or reading counts. The caller must leave when a key has no room beside the checks of
   * `others` in progress.
   */
  enterAtOnce(keys: readonly string[]): { readonly others: readonly number[]; readonly leave: Leave };
}

/** How many requests may wait at one key, and at all keys together: each of them holds a connection. */
const capacityPerKey = 100;
const capacity = 1000;

interface Entry {
  readonly key: string;
  /** The number of requests that hold this entry. It is removed with the last one. */
  holders: number;
  /** The number of checks in progress. */
  inProgress: number;
  /** How often its requests raised the shared count. */
  raised: number;
  /** Each function wakes one request. */
  readonly waiting: (() => void)[];
}

/** Creates the gate of one process. It does not see the checks in progress of other processes. */
export function createGate(): Gate {
  const entries = new Map<string, Entry>();
  let waiting = 0;

  function hold(key: string): Entry {
    const entry = entries.get(key) ?? { key, holders: 0, inProgress: 0, raised: 0, waiting: [] };
    entries.set(key, entry);
    entry.holders += 1;
    return entry;
  }

  function release(held: readonly Entry[]): void {
    for (const entry of held) {
      entry.holders -= 1;
      if (entry.holders === 0) entries.delete(entry.key);
      else wakeNext(entry);
    }
  }

  async function wait(entry: Entry, signal: AbortSignal | undefined): Promise<void> {
    if (entry.waiting.length >= capacityPerKey || waiting >= capacity) {
      throw new UserError('too_busy', 'too many logins of the same client are waiting');
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
      // The request that was woken cannot use the room: offer it to the next one.
      if (woken !== undefined && woken !== full) wakeNext(woken);
      await wait(full, signal);
      woken = full;
    }
    for (const entry of held) entry.inProgress += 1;
  }

  const leaver =
    (held: readonly Entry[]): Leave =>
    (counted) => {
      for (const entry of held) {
        entry.inProgress -= 1;
        if (counted) entry.raised += 1;
      }
      release(held);
    };

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
      return leaver(held);
    },
    enterAtOnce(keys) {
      const held = keys.map(hold);
      const others = held.map(({ inProgress }) => inProgress);
      for (const entry of held) entry.inProgress += 1;
      return { others, leave: leaver(held) };
    },
  };
}

function wakeNext({ waiting }: Entry): void {
  waiting.shift()?.();
}
