import { setTimeout as delay } from 'node:timers/promises';

export interface KeyCleanupStore {
  /**
   * Removes at most `limit` keys that were claimed longer ago than `keepSeconds`, the oldest first. Returns how many it removed.
   *
   * @param age `at` is now, by the clock of this process. The clock that is behind counts, this one or the database's: a
   *   clock that was put forward for a while must not turn a repeated order into a second one
   */
  removeKeys(age: { readonly at: Date; readonly keepSeconds: number }, limit: number): Promise<number>;
}

export interface KeyCleanupOptions {
  readonly store: KeyCleanupStore;
  /** How long keys are kept. */
  readonly keepSeconds: number;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly onRemoved: (keys: number) => void;
  /** Called when keys could not be removed: once for each reason in a row. */
  readonly onError: (error: unknown) => void;
  /** The interval between runs, once a minute by default. */
  readonly everyMs?: number;
}

const batchSize = 1000;

/** Removes all keys that are past their retention, in batches. Several replicas may do so at the same time. */
export async function removeOldKeys(
  { store, keepSeconds, now, onRemoved }: Omit<KeyCleanupOptions, 'onError' | 'everyMs'>,
  signal?: AbortSignal,
): Promise<void> {
  const at = new Date(now() * 1000);
  for (;;) {
    const removed = await store.removeKeys({ at, keepSeconds }, batchSize);
    if (removed > 0) onRemoved(removed);
    if (removed < batchSize || signal?.aborted) return;
  }
}

/** Removes old keys in the background until it is closed. */
export function openKeyCleanup(options: KeyCleanupOptions): { close(): Promise<void> } {
  const { onError, everyMs = 60_000 } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let told: string | undefined;
  const running = (async () => {
    while (!signal.aborted) {
      try {
        await removeOldKeys(options, signal);
        told = undefined;
      } catch (error) {
        if (String(error) !== told) onError(error);
        told = String(error);
      }
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
