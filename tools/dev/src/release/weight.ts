import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What an installed release takes. */
export interface Weight {
  /** The size of its own files. */
  readonly ownBytes: number;
  /** How many other packages it brings. */
  readonly packages: number;
  /** The size of the files of these packages. */
  readonly bytes: number;
}

/** Measures the packages that the named ones bring, themselves included, as they are installed for `folder`. */
export function weightOfDependencies(folder: string, names: readonly string[]): Omit<Weight, 'ownBytes'> {
  const found = new Set<string>();
  const visit = (from: string, wanted: readonly string[]) => {
    for (const name of wanted) {
      const place = findPackage(from, name);
      if (found.has(place)) continue;
      found.add(place);
      const { dependencies = {} } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
      visit(place, Object.keys(dependencies));
    }
  };
  visit(folder, names);
  return { packages: found.size, bytes: [...found].reduce((sum, place) => sum + bytesOf(place), 0) };
}

/** Adds up the sizes of all files of a folder, without those of packages that are installed in it. */
export function bytesOf(folder: string): number {
  return filesOf(folder).reduce((sum, file) => sum + statSync(file).size, 0);
}

/** Lists all files of a folder, without those of packages that are installed in it. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(join(folder, entry.name));
    return [join(folder, entry.name)];
  });
}

/** Finds a package as Node does: in the node_modules of the folder, then of the folders above. */
function findPackage(from: string, name: string): string {
  const place = join(from, 'node_modules', name);
  if (existsSync(place)) return realpathSync(place);
  if (dirname(from) === from) throw new Error(`${name} is not installed: run npx -y pnpm install`);
  return findPackage(dirname(from), name);
}
