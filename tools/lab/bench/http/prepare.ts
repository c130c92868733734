import { spawnSync } from 'node:child_process';
import { LaunchError, repositoryRoot } from '@auth/dev';
import { neighboursFolder } from '../../measure/child.ts';

/** Installs what is measured beside ours, by a lockfile of its own, and builds @auth/verify as production runs it. */
export function prepare(): void {
  pnpm(['install', '--frozen-lockfile'], neighboursFolder);
  pnpm(['--filter', '@auth/verify', 'run', 'build'], repositoryRoot);
}

/** pnpm itself runs us, so that it is in the PATH. */
function pnpm(words: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync('pnpm', words, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  throw new LaunchError(`pnpm ${words.join(' ')} failed:\n${error?.message ?? `${stdout}${stderr}`.slice(-2000)}`);
}
