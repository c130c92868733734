// pnpm bench:start: how long `npx -y pnpm dev` takes until everything is ready, beside `npx -y pnpm --version`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { startCommand } from '@auth/command';
import { repositoryRoot } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { createBenchOutput } from './bench-output.ts';

const { options, variables } = startCommand(labCommands['bench:start']);

const rounds = 5;
const { say, publish } = createBenchOutput('start');
const ports = { ...env, PORT_BASE: variables.PORT_BASE };

const dataDir = await mkdtemp(join(tmpdir(), 'bench-'));
// Postgres runs as another user when we are root: it has to reach its data.
await chmod(dataDir, 0o755);
try {
  // The first start makes the databases and compiles.
  await timeDev();
  const pairs: { version: number; dev: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const pair = { version: await timeVersion(), dev: await timeDev() };
    pairs.push(pair);
    const { version, dev } = pair;
    say(`${round}: version ${version.toFixed(2)} s, dev ready ${dev.toFixed(2)} s, ${(dev / version).toFixed(2)}x`);
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const [version, dev] = [median(pairs.map((pair) => pair.version)), median(pairs.map((pair) => pair.dev))];
  const ratio = median(pairs.map((pair) => pair.dev / pair.version));
  say(`medians: version ${version.toFixed(2)} s, dev ready ${dev.toFixed(2)} s, ${ratio.toFixed(2)}x`);
} finally {
  await rm(dataDir, { recursive: true });
}
if (options.write) await publish();

/** Seconds of `npx -y pnpm --version`: what npx and pnpm take by themselves. */
async function timeVersion(): Promise<number> {
  const started = performance.now();
  await once(spawn('npx', ['-y', 'pnpm', '--version'], { cwd: repositoryRoot, stdio: 'ignore' }), 'exit');
  return (performance.now() - started) / 1000;
}

/** Seconds of `npx -y pnpm dev` until it says that everything is ready. */
async function timeDev(): Promise<number> {
  const started = performance.now();
  const child = spawn('npx', ['-y', 'pnpm', 'dev'], {
    ...{ cwd: repositoryRoot, env: { ...ports, DATA_DIR: dataDir }, stdio: ['ignore', 'pipe', 'inherit'] },
    // A group of its own, so that all of it can be stopped.
    detached: true,
  });
  const exit = once(child, 'exit');
  let output = '';
  let seconds = Number.NaN;
  for await (const text of child.stdout?.setEncoding('utf8') ?? []) {
    output += text;
    if (!Number.isNaN(seconds) || !/^ +(?!.*down).*ready in/m.test(output)) continue;
    seconds = (performance.now() - started) / 1000;
    process.kill(-(child.pid ?? 0), 'SIGTERM');
  }
  await exit;
  if (Number.isNaN(seconds)) throw new Error(`pnpm dev ended:\n${output}`);
  return seconds;
}
