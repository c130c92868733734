import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';

/**
 * What ended a wait. `written`: the system reported one write to the file, and nothing else. `elapsed`: the time was over.
 * `other`: anything else, such as several reports at once; another file may be at the path.
 */
export type Change = 'written' | 'elapsed' | 'other';

/** Waits for changes of a file. */
export interface FileChanges {
  /** Watches the file that is at the path now, and no longer the one before it. */
  watch(path: string): void;
  /** Stops watching, until `watch` is called again. */
  unwatch(): void;
  /** Resolves when the file may have changed since the last call, after a time in any case, and when it is closed. */
  next(): Promise<Change>;
  /** Called when a change was found that the system did not report: until it reports one, the file is polled more often. */
  missed(): void;
  /** Makes the pending `next`, or the one after it, resolve at once. */
  wake(): void;
  close(): void;
}

export interface FileChangesOptions {
  /** How often to look while the system reports changes; 1250 ms unless given: heartbeats, a second apart, come first. */
  readonly watchedMs?: number;
  /** How often to look while the file is watched and the system reports no change; 500 ms unless given. */
  readonly silentMs?: number;
  /** How often to look while there is no file, or it cannot be watched; 100 ms unless given. */
  readonly unwatchedMs?: number;
}

/**
 * Creates the wait for changes. The system reports what is written to a file, and that another one took its place; not
 * every file system does, and links may be swapped, therefore `next` also resolves from time to time. The watch is on the
 * file and not on its folder, where others may write all the time. Keeps no process alive.
 */
export function createFileChanges(options: FileChangesOptions = {}): FileChanges {
  const { watchedMs = 1250, silentMs = 500, unwatchedMs = 100 } = options;
  let watcher: FSWatcher | undefined;
  let isClosed = false;
  let isSilent = false;
  let pending: Change | undefined;
  let resume: (() => void) | undefined;

  function tell(change: Change): void {
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
          tell(event === 'change' ? 'written' : 'other');
        }).on('error', unwatch);
      } catch {
        // There may be too many watches.
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
    wake: () => tell('other'),
    close() {
      isClosed = true;
      unwatch();
      resume?.();
    },
  };
}
