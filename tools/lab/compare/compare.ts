// pnpm compare: the same work behind every way of finding out who asks, in one run. Writes docs/compare.md and its plots,
// when it lasts long enough. Exits 1 when a bearer token costs more than a session in Redis.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCommand } from '@auth/command';
import { repositoryRoot } from '@auth/dev';
import { labCommands } from '../commands.ts';
import { isWithinLimit } from './bar.ts';
import type { LongRun } from './long-run.ts';
import { runToEnd } from './long-run.ts';
import { measureAll } from './measure.ts';
import { fillIn } from './page.ts';
import { plotsOf } from './plots.ts';
import { blocksOf } from './report.ts';
import { readCompareSettings } from './settings.ts';

const { variables } = startCommand(labCommands.compare);

await runToEnd(run);

async function run({ signal, say, tell }: LongRun): Promise<boolean> {
  const settings = readCompareSettings(variables);
  const comparison = await measureAll({ settings, tell, signal });
  const blocks = blocksOf(comparison);
  for (const block of Object.values(blocks)) say(`\n${block}`);
  const page = join(repositoryRoot, 'docs/compare.md');
  const plots = join(repositoryRoot, 'docs/plots');
  if (settings.isWhole) {
    await mkdir(plots, { recursive: true });
    for (const [name, svg] of Object.entries(plotsOf(comparison))) await writeFile(join(plots, name), svg);
    await writeFile(page, fillIn(await readFile(page, 'utf8'), blocks));
    say('\nwrote docs/compare.md and docs/plots/compare-*.svg');
  } else say('\ntoo short to be published: docs/compare.md stays as it is');
  return isWithinLimit(comparison.turns);
}
