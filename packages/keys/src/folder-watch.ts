import { type FSWatcher, watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A watch on a folder. */
export interface FolderWatch {
  /** Begins to watch the folder that is at the path now. */
  renew(): void;
  /** Resolves soon after a reported change in the folder, without a change after a time, and when the watch is closed. */
  next(): Promise<void>;
  close(): void;
}

export interface FolderWatchOptions {
  readonly folder: string;
  /** How often `next` resolves, in ms, while the folder cannot be watched; a quarter as often while it is. */
  readonly pollMs: number;
}

/**
 * Watches a folder. Changes may go unreported: on some file systems, and behind a link. The watch keeps no process alive.
 */
export function watchFolder({ folder, pollMs }: FolderWatchOptions): FolderWatch {
  const closing = new AbortController();
  let watcher: FSWatcher | undefined;
  let changed = new AbortController();

  function unwatch(): void {
    watcher?.close();
    watcher = undefined;
  }

  function pause(ms: number, signal: AbortSignal): Promise<void> {
    return delay(ms, undefined, { ref: false, signal }).catch(() => undefined);
  }

  return {
    renew() {
      unwatch();
      if (closing.signal.aborted) return;
      try {
        watcher = watch(folder, { persistent: false }, () => changed.abort()).on('error', unwatch);
      } catch {
        // The folder does not exist, or the process has too many watches.
      }
    },
    async next() {
      await pause(watcher === undefined ? pollMs : 4 * pollMs, changed.signal);
      // A file that is written in place is empty for a moment: wait until it is complete.
      if (changed.signal.aborted) await pause(pollMs / 2, closing.signal);
      if (!closing.signal.aborted) changed = new AbortController();
    },
    close() {
      unwatch();
      closing.abort();
      changed.abort();
    },
  };
}
