import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';

/** Waits for changes of a file. */
export interface FileChanges {
  /** Watches the file that is at the path now, and no longer the one before it. */
  watch(path: string): void;
  /** Stops watching, until `watch` is called again. */
  unwatch(): void;
  /** Resolves when the file may have changed since the last call, after a time in any case, and when it is closed. */
  next(): Promise<void>;
  /** Makes the pending `next`, or the one after it, resolve at once. */
  wake(): void;
  close(): void;
}

export interface FileChangesOptions {
  /** How often to look while the system reports changes; 500 ms unless given. */
  readonly watchedMs?: number;
  /** How often to look while there is no file, or it cannot be watched; 100 ms unless given. */
  readonly unwatchedMs?: number;
}

/**
 * Creates the wait for changes. The system reports what is written to a file, and that another one took its place; not
 * every file system does, and links may be swapped, therefore `next` also resolves from time to time. The watch is on the
 * file and not on its folder, where others may write all the time. Keeps no process alive.
 */
export function createFileChanges({ watchedMs = 500, unwatchedMs = 100 }: FileChangesOptions = {}): FileChanges {
  let watcher: FSWatcher | undefined;
  let isClosed = false;
  let isChanged = false;
  let resume: (() => void) | undefined;

  function wake(): void {
    isChanged = true;
    resume?.();
  }

  function unwatch(): void {
    watcher?.close();
    watcher = undefined;
  }

  return {
    watch(path) {
      unwatch();
      try {
        watcher = watch(path, { persistent: false }, wake).on('error', unwatch);
      } catch {
        // There may be too many watches.
      }
    },
    unwatch,
    async next() {
      if (!isChanged && !isClosed) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, watcher === undefined ? unwatchedMs : watchedMs).unref();
          resume = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      resume = undefined;
      isChanged = false;
    },
    wake,
    close() {
      isClosed = true;
      unwatch();
      resume?.();
    },
  };
}
