import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A change of several files that can be undone. */
export interface Writing {
  /** Writes texts by path. */
  write(files: Readonly<Record<string, string>>): void;
  /** Removes the added folder, and gives every changed file the text that it had. */
  undo(): void;
}

/** Opens a change of files below `root`: `added` is a folder that is not there yet, `changed` are files by path. */
export function openWriting(
  root: string,
  { added, changed }: { readonly added: string; readonly changed: readonly string[] },
): Writing {
  const present = changed.filter((path) => existsSync(join(root, path)));
  const before = Object.fromEntries(present.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  return {
    write,
    undo() {
      rmSync(join(root, added), { recursive: true, force: true });
      write(before);
    },
  };
}
