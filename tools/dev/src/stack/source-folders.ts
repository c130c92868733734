import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './services.ts';

/** The members of a `package.json` that are read. */
interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Finds the folders with the source that a service runs: its own, and those of the packages of this repository that it
 * depends on, directly or not. Without `node_modules`, in which a package manager may change links at any time.
 */
export function sourceFolders(serviceFolder: string, root: string = repositoryRoot): readonly string[] {
  const folders = packageFolders(root);
  const found = new Set<string>();
  const open = [serviceFolder];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (found.has(folder)) continue;
    found.add(folder);
    for (const [name, version] of Object.entries(readManifest(folder)?.dependencies ?? {})) {
      const dependency = folders.get(name);
      if (version.startsWith('workspace:') && dependency !== undefined) open.push(dependency);
    }
  }
  // A package has its running code in src, and generated code (the Prisma clients) beside it.
  return [...found].flatMap((folder) => ['src', 'generated'].map((name) => join(folder, name))).filter(existsSync);
}

/** All packages of the repository by name. */
function packageFolders(root: string): ReadonlyMap<string, string> {
  const parents = ['apps', 'packages'].map((name) => join(root, name)).filter(existsSync);
  const folders = [
    ...parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name))),
    join(root, 'prisma'),
  ];
  return new Map(
    folders.flatMap((folder) => {
      const manifest = readManifest(folder);
      return manifest === undefined ? [] : [[manifest.name, folder]];
    }),
  );
}

function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
