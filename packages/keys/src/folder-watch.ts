import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A watch on a folder. */
export interface FolderWatch {
  /** Watches the folder that is at the path now. */
  renew(): void;
  /** Resolves soon after the system reported a change in the folder, and after a time in any case, or when it is closed. */
  next(): Promise<void>;
  close(): void;
}

export interface FolderWatchOptions {
  readonly folder: string;
  /** How often `next` resolves, in ms, while the folder cannot be watched; a quarter as often while it is. */
  readonly pollMs: number;
}

/**
 * Watches a folder. Not every change is reported: not by every file system, and not what happens behind a link. Keeps no
 * process alive.
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
        // There may be no folder, or too many watches.
      }
    },
    async next() {
      await pause(watcher === undefined ? pollMs : 4 * pollMs, changed.signal);
      // A file that is written in place is emptied first.
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
