import { sep } from 'node:path';
import { type AppName, services } from './services.ts';
import { sourceFolders } from './source-folders.ts';
import { watchSources } from './source-watch.ts';

export interface RestartOptions {
  /** Restarts a service. Not called for a service while its restart is running. */
  readonly restart: (name: AppName) => Promise<void>;
  /** Called once when changes cannot be watched. */
  readonly onError: (error: Error) => void;
}

/** Restarts a service when one of its source files changes: its own, or those of a package it depends on. */
export function restartOnChange(names: readonly AppName[], { restart, onError }: RestartOptions): { close(): void } {
  const foldersOf = new Map(names.map((name) => [name, sourceFolders(services[name].folder)]));
  const restarting = new Set<AppName>();
  const again = new Set<AppName>();

  async function run(name: AppName): Promise<void> {
    if (restarting.has(name)) {
      again.add(name);
      return;
    }
    restarting.add(name);
    do {
      again.delete(name);
      await restart(name);
    } while (again.has(name));
    restarting.delete(name);
  }

  const isBelow = (file: string) => (folder: string) => file.startsWith(`${folder}${sep}`);
  return watchSources({
    folders: [...new Set([...foldersOf.values()].flat())],
    onError,
    onChange(files) {
      for (const [name, folders] of foldersOf) {
        if (files.some((file) => folders.some(isBelow(file)))) void run(name);
      }
    },
  });
}
