import { setImmediate as endOfTurn } from 'node:timers/promises';

interface Waiting<V> {
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** How many are asked for at a time. */
const largest = 200;

/**
 * Asks for many at once: what is wanted in one turn of the event loop, and what comes while an answer is awaited, is asked
 * for together. Alone one waits for nobody; under load the cost of a question is shared by all who wait.
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
        // Those that came meanwhile have waited as long as anybody should.
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
