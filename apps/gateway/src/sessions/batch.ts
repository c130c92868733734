import { setImmediate as endOfTurn } from 'node:timers/promises';

interface Waiting<V> {
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** The most keys of one call. */
const largest = 200;

/**
 * Creates a loader that collects keys: those of one turn of the event loop, and those that come while a call is running,
 * are loaded together. A single request does not wait; under load, requests share the cost of a call.
 */
export function createBatch<V>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
): (key: string) => Promise<V | undefined> {
  let waiting = new Map<string, Waiting<V>[]>();
  let isLoading = false;

  async function loadAll(): Promise<void> {
    isLoading = true;
    while (waiting.size > 0) {
      await endOfTurn();
      const batch = takeBatch();
      try {
        const found = await load([...batch.keys()]);
        for (const [key, all] of batch) for (const { resolve } of all) resolve(found.get(key));
      } catch (error) {
        // Requests that came meanwhile fail as well, instead of waiting for a second timeout.
        const failed = [...batch.values(), ...waiting.values()];
        waiting = new Map();
        for (const all of failed) for (const { reject } of all) reject(error);
      }
    }
    isLoading = false;
  }

  function takeBatch(): ReadonlyMap<string, readonly Waiting<V>[]> {
    const all = waiting;
    if (all.size <= largest) {
      waiting = new Map();
      return all;
    }
    const entries = [...all];
    waiting = new Map(entries.slice(largest));
    return new Map(entries.slice(0, largest));
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const others = waiting.get(key);
      if (others === undefined) waiting.set(key, [{ resolve, reject }]);
      else others.push({ resolve, reject });
      if (!isLoading) void loadAll();
    });
}
