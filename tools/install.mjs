// Installs a workspace of this folder by its own lockfile, unless it is installed already. These workspaces hold packages that
// few commands need, so that `pnpm dev` and `pnpm test` do not install them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Returns the path of the workspace. Exits with the output of pnpm when it cannot be installed. */
export function installTools(workspace) {
  const folder = fileURLToPath(new URL(`${workspace}/`, import.meta.url));
  // pnpm keeps a copy of the lockfile that it installed by. `pnpm fetch` does so too, and links no commands.
  const installed = readText(`${folder}node_modules/.pnpm/lock.yaml`);
  const isLinked = existsSync(`${folder}node_modules/.bin`);
  if (isLinked && installed === readText(`${folder}pnpm-lock.yaml`)) return folder;
  process.stderr.write(`installing tools/${workspace}, once\n`);
  const args = ['install', '--frozen-lockfile', '--prefer-offline'];
  const options = { cwd: folder, encoding: 'utf8' };
  let result = spawnSync('pnpm', args, options);
  // A script that pnpm runs finds pnpm in the PATH; a person may have npm alone.
  if (result.error?.code === 'ENOENT') result = spawnSync('npx', ['-y', 'pnpm', ...args], options);
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}tools/${workspace} cannot be installed\n`);
    process.exit(1);
  }
  return folder;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
