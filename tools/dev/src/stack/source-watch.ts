import { type FSWatcher, watch } from 'node:fs';
import { changedFiles, readSourceFiles, type SourceFiles } from './source-files.ts';

/** The time in which events are collected, since one change writes several files (an editor's copy, a formatter, a checkout). */
const quietMs = 100;

/** A watch on folders of source files. */
export interface SourceWatch {
  close(): void;
}

export interface SourceWatchOptions {
  readonly folders: readonly string[];
  /** Called with the paths of files that were written, created or removed. */
  readonly onChange: (files: readonly string[]) => void;
  /** Called once when the system does not allow watching: changes are not noticed then. */
  readonly onError: (error: Error) => void;
}

/**
 * Watches the source files in some folders and their subfolders. An event only triggers a check: a file has changed when
 * its time of modification, its size or its inode is different, but not for another link count or mode.
 */
export function watchSources({ folders, onChange, onError }: SourceWatchOptions): SourceWatch {
  const watchers = new Map<string, FSWatcher>();
  let files: SourceFiles = new Map();
  let timer: NodeJS.Timeout | undefined;
  let isBroken = false;

  function fail(error: unknown): void {
    if (!isBroken) onError(error instanceof Error ? error : new Error(String(error)));
    isBroken = true;
  }

  function watchFolder(folder: string): void {
    if (watchers.has(folder)) return;
    try {
      // Without `recursive`, which opens a watch for every single file on Linux.
      const watcher = watch(folder, { persistent: false }, lookSoon);
      watcher.on('error', () => unwatch(folder));
      watchers.set(folder, watcher);
    } catch (error) {
      fail(error);
    }
  }

  function unwatch(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  function lookSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(look, quietMs).unref();
  }

  function look(): void {
    const found = readSourceFiles(folders);
    for (const folder of watchers.keys()) if (!found.folders.has(folder)) unwatch(folder);
    for (const folder of found.folders) watchFolder(folder);
    const changed = changedFiles(files, found.files);
    files = found.files;
    if (changed.length > 0) onChange(changed);
  }

  const first = readSourceFiles(folders);
  files = first.files;
  for (const folder of first.folders) watchFolder(folder);
  return {
    close() {
      clearTimeout(timer);
      for (const folder of [...watchers.keys()]) unwatch(folder);
    },
  };
}
