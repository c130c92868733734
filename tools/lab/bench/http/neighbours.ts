import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LaunchError, repositoryRoot } from '@auth/dev';

/** The folder of the measured programs, with its own packages. */
export const neighboursFolder = join(repositoryRoot, 'tools/neighbours');

/** Installs the measured packages by their own lockfile, and builds @auth/verify as production runs it. */
export function prepare(): void {
  pnpm(['install', '--frozen-lockfile'], neighboursFolder);
  pnpm(['--filter', '@auth/verify', 'run', 'build'], repositoryRoot);
}

/** Packages of the folder that other programs use: `pnpm bench:issuer-away` and the tests of `docs/moving`. */
const notMeasured: readonly string[] = ['aws-jwt-verify', 'jwks-rsa', 'keycloak-connect'];

/** The measured packages, with the folder that they are installed in. */
export function measuredPackages(): (readonly [folder: string, name: string])[] {
  const { dependencies } = JSON.parse(readFileSync(join(neighboursFolder, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const names = Object.keys(dependencies).filter((name) => !notMeasured.includes(name));
  return names.map((name) => ['tools/neighbours', name] as const);
}

/** Runs pnpm, which is in the PATH because it runs this script. */
function pnpm(words: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync('pnpm', words, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  throw new LaunchError(`pnpm ${words.join(' ')} failed:\n${error?.message ?? `${stdout}${stderr}`.slice(-2000)}`);
}
