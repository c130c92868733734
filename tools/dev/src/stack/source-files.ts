import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** Source files by path, each with a mark that changes when its content is written. */
export type SourceFiles = ReadonlyMap<string, string>;

/** The names of test files, which no service runs. */
const isOther = (name: string): boolean => /\.(?:test|fixture)\.ts$/.test(name) || name.startsWith('.');

/** Lists the source files in folders and their subfolders. Folders and files that disappear meanwhile are left out. */
export function readSourceFiles(roots: readonly string[]): { files: SourceFiles; folders: ReadonlySet<string> } {
  const files = new Map<string, string>();
  const folders = new Set<string>();
  const open = [...roots];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const entries = attempt(() => readdirSync(folder as string, { withFileTypes: true }));
    if (entries === undefined) continue;
    folders.add(folder);
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (!isOther(entry.name)) {
        const info = attempt(() => statSync(path));
        if (info !== undefined) files.set(path, markOf(info));
      }
    }
  }
  return { files, folders };
}

/** Returns the sorted paths of files that were written, created or removed. */
export function changedFiles(before: SourceFiles, after: SourceFiles): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** Computes the mark. Without the time of the inode (ctime), which also changes with a new hard link or another mode. */
function markOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${size} ${ino}`;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
