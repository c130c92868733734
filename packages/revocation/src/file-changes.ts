import { type FSWatcher, watch } from 'node:fs';

/**
 * The end of a wait. `written`: the system reported a single write to the file. `elapsed`: the time was over. `other`:
 * anything else, such as several reports at once; another file may be at the path.
 */
export type Change = 'written' | 'elapsed' | 'other';

/** Waits for changes of a file. */
export interface FileChanges {
  /** Watches the file that is at the path now, in place of the previous one. */
  watch(path: string): void;
  /** Stops watching, until `watch` is called again. */
  unwatch(): void;
  /** Resolves when the file may have changed since the last call, after a time in any case, and on `close`. */
  next(): Promise<Change>;
  /** Called after a change that the system did not report. The file is polled more often until the system reports one. */
  missed(): void;
  /** Makes the pending `next`, or the one after it, resolve at once. */
  wake(): void;
  close(): void;
}

export interface FileChangesOptions {
  /** The polling interval while the system reports changes; 1250 ms unless given, so that heartbeats come first. */
  readonly watchedMs?: number;
  /** The polling interval while the file is watched and the system reports no change; 500 ms unless given. */
  readonly silentMs?: number;
  /** The polling interval while there is no file, or it cannot be watched; 100 ms unless given. */
  readonly unwatchedMs?: number;
}

/**
 * Creates the wait for changes. The system reports writes to a file and its replacement by another one. Not every file
 * system does, and links may be swapped, therefore `next` also resolves from time to time. The file is watched and not
 * its folder, in which other processes may write all the time. Keeps no process alive.
 */
export function createFileChanges(options: FileChangesOptions = {}): FileChanges {
  const { watchedMs = 1250, silentMs = 500, unwatchedMs = 100 } = options;
  let watcher: FSWatcher | undefined;
  let isClosed = false;
  let isSilent = false;
  let pending: Change | undefined;
  let resume: (() => void) | undefined;

  function notify(change: Change): void {
    pending = pending === undefined ? change : 'other';
    resume?.();
  }

  function unwatch(): void {
    watcher?.close();
    watcher = undefined;
  }

  function waitMs(): number {
    if (watcher === undefined) return unwatchedMs;
    return isSilent ? silentMs : watchedMs;
  }

  return {
    watch(path) {
      unwatch();
      try {
        watcher = watch(path, { persistent: false }, (event) => {
          isSilent = false;
          notify(event === 'change' ? 'written' : 'other');
        }).on('error', unwatch);
      } catch {
        // The limit of watches may be reached: the file is polled.
      }
    },
    unwatch,
    async next() {
      if (pending === undefined && !isClosed) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs()).unref();
          resume = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      resume = undefined;
      const change = pending ?? 'elapsed';
      pending = undefined;
      return change;
    },
    missed() {
      isSilent = true;
    },
    wake: () => notify('other'),
    close() {
      isClosed = true;
      unwatch();
      resume?.();
    },
  };
}
