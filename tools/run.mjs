// node tools/run.mjs <workspace> [<command> [arguments]]: installs a workspace of this folder and runs a command of it.
import { spawnSync } from 'node:child_process';
import { installTools } from './install.mjs';

const [workspace, command, ...args] = process.argv.slice(2);
const folder = installTools(workspace);
if (command !== undefined) {
  const { status, error } = spawnSync(`${folder}node_modules/.bin/${command}`, args, { stdio: 'inherit' });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  process.exitCode = status ?? 1;
}
