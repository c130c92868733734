import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, defineCommand } from '@auth/command';
import { devCommands } from '../commands.ts';
import type { RunStep, Step } from '../new-service/steps.ts';
import { isPrerelease, parseRelease, type Release } from './release-options.ts';
import { directory, parseManifest } from './released-manifest.ts';
import { type Places, writeRelease } from './stage.ts';
import type { Weight } from './weight.ts';

interface Surroundings {
  /** The folder of the repository. */
  readonly root: string;
  readonly runStep: RunStep;
}

/** Creates `pnpm release:verify`. */
export function createReleaseCommand({ root, runStep }: Surroundings): Command {
  return defineCommand({
    ...devCommands['release:verify'],
    run({ options, print, complain, refuse }) {
      const manifest = parseManifest(readFileSync(join(root, directory, 'package.json'), 'utf8'));
      const release = parseRelease(options, manifest.version);
      if (!('name' in release)) return refuse(release.join('; '));
      const stage = mkdtempSync(join(tmpdir(), 'release-verify-'));
      const run = ({ does, ...step }: Step, folder = root) => {
        print(`${does} …`);
        const failure = runStep({ does, ...step }, folder);
        if (failure !== undefined)
          throw new StepError(`${failure.trim()}\nThis step failed: ${does}. No package was made.`);
      };
      try {
        const weight = makeTarball(release, { root, stage, manifest }, run);
        const out = resolve(root, options.out ?? 'release');
        mkdirSync(out, { recursive: true });
        const tarball = join(out, fileOf(release));
        copyFileSync(join(stage, fileOf(release)), tarball);
        print(`${tarball}: ${kilobytes(statSync(tarball).size)}, unpacked ${kilobytes(weight.ownBytes)}`);
        return print(`To publish it: ${publishing(release, tarball)}`);
      } catch (error) {
        if (!(error instanceof StepError)) throw error;
        complain(error.message);
        return 1;
      } finally {
        rmSync(stage, { recursive: true, force: true });
      }
    },
  });
}

/** Builds, packs and checks the package in the folder `stage`. */
function makeTarball(release: Release, places: Places, run: (step: Step, folder?: string) => void): Weight {
  const { stage } = places;
  run({ does: `build ${directory}`, command: ['node', `${directory}/build.mjs`, join(stage, 'dist')] });
  const weight = writeRelease(release, places);
  run({ does: `pack it as ${release.name} ${release.version}`, command: ['npm', 'pack', '--ignore-scripts'] }, stage);
  for (const check of checksOf(join(stage, fileOf(release)))) run(check);
  return weight;
}

/** A step of a release that failed: the message is what it printed. */
class StepError extends Error {
  override readonly name = 'StepError';
}

/** The checks of a tarball by publint and by attw. Both work without a network once tools/check is installed. */
function checksOf(tarball: string): readonly Step[] {
  const tool = ['node', 'tools/run.mjs', 'check'];
  return [
    { does: 'check its manifest with publint', command: [...tool, 'publint', 'run', '--strict', tarball] },
    {
      does: 'check its types for ESM, CommonJS and bundlers with attw',
      command: [...tool, 'attw', tarball, '--profile', 'node16', '--no-definitely-typed'],
    },
  ];
}

/** The name that npm gives the tarball. */
function fileOf({ name, version }: Release): string {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
}

function publishing(release: Release, tarball: string): string {
  const access = release.name.startsWith('@') ? ' --access public' : '';
  const tag = isPrerelease(release) ? ' --tag next' : '';
  return `npm publish ${tarball}${access}${tag}, with --provenance in a workflow (.github/workflows/release-verify.yml)`;
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
