import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalog } from './catalog.ts';
import type { Release } from './release-options.ts';
import { directory, releasedManifest, type SourceManifest } from './released-manifest.ts';
import { releasedChangelog, releasedReadme, renamed } from './released-text.ts';
import { bytesOf, filesOf, type Weight, weightOfDependencies } from './weight.ts';

/** Where a release is made, and from what. */
export interface Places {
  /** The folder of the repository. */
  readonly root: string;
  /** The folder that is packed, with the built code in `dist`. */
  readonly stage: string;
  readonly manifest: SourceManifest;
}

/** Completes the folder that is packed: the new name in the built code, and all other files. @returns what it weighs */
export function writeRelease(release: Release, { root, stage, manifest }: Places): Weight {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const write = (file: string, text: string) => writeFileSync(join(stage, file), text);
  for (const file of filesOf(join(stage, 'dist'))) writeFileSync(file, renamed(readFileSync(file, 'utf8'), release));
  const released = releasedManifest(manifest, release, readCatalog(read('pnpm-workspace.yaml')));
  write('package.json', `${JSON.stringify(released, null, 2)}\n`);
  write('CHANGELOG.md', releasedChangelog(read(`${directory}/CHANGELOG.md`), release));
  copyFileSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
  const brought = weightOfDependencies(join(root, directory), Object.keys(released.dependencies));
  const readme = read(`${directory}/README.md`);
  const writeReadme = (ownBytes: number) =>
    write('README.md', releasedReadme(readme, release, manifest, { ownBytes, ...brought }));
  // Once to know the size with the README, and once to say it.
  writeReadme(0);
  writeReadme(bytesOf(stage));
  return { ownBytes: bytesOf(stage), ...brought };
}
