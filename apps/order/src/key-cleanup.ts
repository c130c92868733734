import { setTimeout as delay } from 'node:timers/promises';

export interface KeyCleanupStore {
  /**
   * Removes at most `limit` keys that were claimed longer ago than `keepSeconds`, the oldest first. Returns how many it
   * removed.
   *
   * @param age `at` is the current time of this process. The earlier one of this clock and the database's clock is
   *   used: a clock that ran ahead for a while must not remove a key early, since a retry would then place a second
   *   order
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
  /** Called when keys could not be removed; not again while the reason stays the same. */
  readonly onError: (error: unknown) => void;
  /** The interval between runs, once a minute by default. */
  readonly everyMs?: number;
}

const batchSize = 1000;

/** Removes all keys that are past their retention, in batches. Several replicas may run it at the same time. */
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

/** Starts the background removal of expired keys; `close` stops it. */
export function openKeyCleanup(options: KeyCleanupOptions): { close(): Promise<void> } {
  const { onError, everyMs = 60_000 } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let lastReason: string | undefined;
  const running = (async () => {
    while (!signal.aborted) {
      try {
        await removeOldKeys(options, signal);
        lastReason = undefined;
      } catch (error) {
        if (String(error) !== lastReason) onError(error);
        lastReason = String(error);
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
