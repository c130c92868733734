import type { FSWatcher } from 'node:fs';
import { lstatSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Waits for changes of one file. */
export interface FileChanges {
  /** Resolves when the file may have changed since the last call, after a time in any case, and when it is closed. */
  next(): Promise<void>;
  /** Makes the pending `next`, or the one after it, resolve at once. */
  wake(): void;
  close(): void;
}

export interface FileChangesOptions {
  /** How often to look while the system reports changes; 500 ms unless given. */
  readonly watchedMs?: number;
  /** How often to look while it does not; 100 ms unless given. */
  readonly unwatchedMs?: number;
}

/**
 * Watches the folder of a file, so that a file that is created or replaced is noticed as well. A file system may lose
 * changes (a network folder does), therefore the file is also looked at from time to time. Keeps no process alive.
 */
export function openFileChanges(
  path: string,
  { watchedMs = 500, unwatchedMs = 100 }: FileChangesOptions = {},
): FileChanges {
  const name = basename(path);
  let watcher: FSWatcher | undefined;
  let isClosed = false;
  let isChanged = false;
  let resume: (() => void) | undefined;

  function wake(): void {
    isChanged = true;
    resume?.();
  }

  /** Returns whether the folder is watched from now on. It may be missing, or there are too many watches: tried again later. */
  function watchFolder(): boolean {
    try {
      // What happens to the file behind a link is not reported for the folder of the link.
      if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return false;
      watcher = watch(dirname(path), { persistent: false }, (_event, changed) => {
        if (changed === null || changed === name) wake();
      });
      watcher.on('error', unwatch);
      return true;
    } catch {
      return false;
    }
  }

  function unwatch(): void {
    watcher?.close();
    watcher = undefined;
  }

  return {
    async next() {
      // A change just before the watch began was not reported: look once more.
      if (watcher === undefined && !isClosed && watchFolder()) return;
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
