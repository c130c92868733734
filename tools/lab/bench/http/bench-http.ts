// pnpm bench:http: the cost of authenticating a request, beside other libraries and sessions. Writes docs/performance.md and
// its plot. Exits 1 above the limits.

import { startCommand } from '@auth/command';
import { createClosers } from '@auth/dev/stack/closers';
import { labCommands } from '../../commands.ts';
import { type LongRun, runToEnd } from '../../measure/long-run.ts';
import { readMachine, versionsOf, writeBlocks, writePlots } from '../../measure/page.ts';
import { measuredPackages, prepare } from './neighbours.ts';
import { blocksOf, plotsOf, type Report } from './report.ts';
import { runRounds } from './rounds.ts';
import { type BenchSettings, settingsOf } from './settings.ts';
import { openStage } from './stage.ts';
import { faultsOf } from './verdict.ts';

const { options, variables } = startCommand(labCommands['bench:http']);

await runToEnd(async (run) => {
  const { say, progress } = run;
  const settings = settingsOf(options);
  progress('installing the neighbours, and building @auth/verify');
  prepare();
  const report = await measure(settings, run);
  const blocks = blocksOf(report);
  for (const block of Object.values(blocks)) say(`\n${block}`);
  if (settings.isWhole) {
    await writePlots(plotsOf(report.measured));
    await writeBlocks('performance.md', blocks, 'http');
    say('\nwrote docs/performance.md and docs/plots/performance-http.svg');
  } else say('\ntoo short to be published: docs/performance.md stays as it is');
  const faults = faultsOf(report.measured);
  for (const fault of faults) say(`OVER: ${fault}`);
  return faults.length === 0;
});

async function measure(settings: BenchSettings, { signal, progress }: LongRun): Promise<Report> {
  const closers = createClosers();
  try {
    const stage = await openStage({ settings, redisUrl: variables.REDIS_URL, closers, progress, signal });
    const measured = await runRounds(stage, { settings, progress, signal });
    const { postgres, redis, tokenLength } = stage;
    const versions = versionsOf({ postgres: postgres.version, redis: redis?.version }, measuredPackages());
    return { settings, machine: readMachine(versions), measured, tokenLength };
  } finally {
    await closers.closeAll();
  }
}
