// pnpm bench:start: time until `npx -y pnpm dev` has everything ready, beside `npx -y pnpm --version`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { env } from 'node:process';
import { startCommand } from '@auth/command';
import { repositoryRoot } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { createBenchOutput } from '../measure/page.ts';
import { spreadOf } from '../measure/spread.ts';
import { withDataDir } from '../measure/stack.ts';
import { untilDevReady } from './dev-output.ts';

const { options, variables } = startCommand(labCommands['bench:start']);

const rounds = 5;
const { say, publish } = createBenchOutput('start');

await withDataDir(async (dataDir) => {
  // The first start creates the databases and compiles.
  await timeDev(dataDir);
  const pairs: { version: number; dev: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const [version, dev] = [await timeVersion(), await timeDev(dataDir)];
    pairs.push({ version, dev });
    say(`${round}: version ${version.toFixed(2)} s, dev ready ${dev.toFixed(2)} s, ${(dev / version).toFixed(2)}x`);
  }
  const median = (read: (pair: { version: number; dev: number }) => number) =>
    spreadOf(pairs.map(read)).median.toFixed(2);
  const [version, dev] = [median((pair) => pair.version), median((pair) => pair.dev)];
  say(`medians: version ${version} s, dev ready ${dev} s, ${median((pair) => pair.dev / pair.version)}x`);
});
if (options.write) await publish();

/** Seconds of `npx -y pnpm --version`: what npx and pnpm take by themselves. */
async function timeVersion(): Promise<number> {
  const started = performance.now();
  await once(spawn('npx', ['-y', 'pnpm', '--version'], { cwd: repositoryRoot, stdio: 'ignore' }), 'exit');
  return (performance.now() - started) / 1000;
}

/** Seconds until `npx -y pnpm dev` prints that everything is ready. */
async function timeDev(dataDir: string): Promise<number> {
  const started = performance.now();
  const child = spawn('npx', ['-y', 'pnpm', 'dev'], {
    cwd: repositoryRoot,
    env: { ...env, PORT_BASE: variables.PORT_BASE, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, so that all its processes can be stopped.
    detached: true,
  });
  const exit = once(child, 'exit');
  const isReady = await untilDevReady(child);
  const seconds = (performance.now() - started) / 1000;
  if (!isReady) throw new Error('pnpm dev ended');
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  await exit;
  return seconds;
}
