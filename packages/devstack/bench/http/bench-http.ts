// pnpm bench:http: what it costs a server to know who asks, beside what people would use instead. Writes docs/performance.md
// and its plot. Exits 1 when ours costs too much.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, stdout } from 'node:process';
import { startCommand } from '@auth/contracts/command';
import { readMachine } from '../../compare/machine.ts';
import { fillIn } from '../../compare/page.ts';
import { repositoryRoot } from '../../src/index.ts';
import { createClosers } from '../../src/stack/closers.ts';
import { readExitCode } from '../../src/stack/exit-code.ts';
import { plotsOf } from './plots.ts';
import { prepare } from './prepare.ts';
import type { Report } from './report.ts';
import { blocksOf } from './report.ts';
import { runRounds } from './rounds.ts';
import type { BenchSettings } from './settings.ts';
import { quickRun, wholeRun } from './settings.ts';
import { openStage } from './stage.ts';
import { faultsOf } from './verdict.ts';
import { versionsOf } from './versions.ts';

const { options } = startCommand({
  name: 'pnpm bench:http',
  summary:
    'Measures what it costs a server to know who asks, and writes docs/performance.md. Exits 1 above the limits.',
  options: { quick: { help: 'fewer and shorter rounds, which are not published' } },
  notes: ['REDIS_URL  a Redis to use (default: one of its own, where redis-server is installed)'],
});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
const say = (line: string) => stdout.write(`${line}\n`);

try {
  const faults = await run(options.quick ? quickRun : wholeRun);
  for (const fault of faults) say(`OVER: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} catch (error) {
  if (stop.signal.aborted) {
    say('stopped');
    process.exit(130);
  }
  const foreseen = readExitCode(error);
  const reason = error instanceof Error ? (foreseen === undefined ? error.stack : error.message) : String(error);
  process.stderr.write(`${reason}\n`);
  process.exit(foreseen ?? 1);
}

async function run(settings: BenchSettings): Promise<readonly string[]> {
  const started = performance.now();
  const tell = (line: string) => say(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  tell('installing the neighbours, and building @auth/verify');
  prepare();
  const report = await measure(settings, tell);
  const blocks = blocksOf(report);
  for (const block of Object.values(blocks)) say(`\n${block}`);
  if (settings.isWhole) await publish(report, blocks);
  else say('\ntoo short to be published: docs/performance.md stays as it is');
  return faultsOf(report.measured);
}

async function measure(settings: BenchSettings, tell: (line: string) => void): Promise<Report> {
  const closers = createClosers();
  const { signal } = stop;
  try {
    const stage = await openStage({ settings, redisUrl: env['REDIS_URL'] || undefined, closers, tell, signal });
    const measured = await runRounds(stage, { settings, tell, signal });
    const { postgres, redis, tokenLength } = stage;
    const machine = readMachine({ postgres: postgres.version, redis: redis?.version }, versionsOf());
    return { settings, machine, measured, tokenLength };
  } finally {
    await closers.closeAll();
  }
}

async function publish({ measured }: Report, blocks: Readonly<Record<string, string>>): Promise<void> {
  const page = join(repositoryRoot, 'docs/performance.md');
  const plots = join(repositoryRoot, 'docs/plots');
  await mkdir(plots, { recursive: true });
  for (const [name, svg] of Object.entries(plotsOf(measured))) await writeFile(join(plots, name), svg);
  await writeFile(page, fillIn(await readFile(page, 'utf8'), blocks, 'http'));
  say('\nwrote docs/performance.md and docs/plots/performance-http.svg');
}
