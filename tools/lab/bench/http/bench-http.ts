// pnpm bench:http: what it costs a server to know who asks, beside what people would use instead. Writes docs/performance.md
// and its plot. Exits 1 when ours costs too much.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCommand } from '@auth/command';
import { repositoryRoot } from '@auth/dev';
import { createClosers } from '@auth/dev/stack/closers';
import { labCommands } from '../../commands.ts';
import type { LongRun } from '../../compare/long-run.ts';
import { runToEnd } from '../../compare/long-run.ts';
import { readMachine } from '../../compare/machine.ts';
import { fillIn } from '../../compare/page.ts';
import { plotsOf } from './plots.ts';
import { prepare } from './prepare.ts';
import type { Report } from './report.ts';
import { blocksOf } from './report.ts';
import { runRounds } from './rounds.ts';
import type { BenchSettings } from './settings.ts';
import { settingsOf } from './settings.ts';
import { openStage } from './stage.ts';
import { faultsOf } from './verdict.ts';
import { versionsOf } from './versions.ts';

const { options, variables } = startCommand(labCommands['bench:http']);

await runToEnd(measureAndPublish);

async function measureAndPublish(run: LongRun): Promise<boolean> {
  const { say, tell } = run;
  const settings = settingsOf(options);
  tell('installing the neighbours, and building @auth/verify');
  prepare();
  const report = await measure(settings, run);
  const blocks = blocksOf(report);
  for (const block of Object.values(blocks)) say(`\n${block}`);
  if (settings.isWhole) {
    await publish(report, blocks);
    say('\nwrote docs/performance.md and docs/plots/performance-http.svg');
  } else say('\ntoo short to be published: docs/performance.md stays as it is');
  const faults = faultsOf(report.measured);
  for (const fault of faults) say(`OVER: ${fault}`);
  return faults.length === 0;
}

async function measure(settings: BenchSettings, { signal, tell }: LongRun): Promise<Report> {
  const closers = createClosers();
  try {
    const stage = await openStage({ settings, redisUrl: variables.REDIS_URL, closers, tell, signal });
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
}
