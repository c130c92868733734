// pnpm compare: every way to authenticate a request, in front of the same work, in one run. Writes docs/compare.md and its
// plots when the run is long enough. Exits 1 when a bearer token costs more than a session in Redis.

import { startCommand } from '@auth/command';
import { labCommands } from '../commands.ts';
import { runToEnd } from '../measure/long-run.ts';
import { writeBlocks, writePlots } from '../measure/page.ts';
import { measureAll } from './measure.ts';
import { plotsOf } from './plots.ts';
import { isWithinLimit } from './ratios.ts';
import { blocksOf } from './report.ts';
import { readCompareSettings } from './settings.ts';

const { variables } = startCommand(labCommands.compare);

await runToEnd(async ({ signal, say, progress }) => {
  const settings = readCompareSettings(variables);
  const comparison = await measureAll({ settings, progress, signal });
  const blocks = blocksOf(comparison);
  for (const block of Object.values(blocks)) say(`\n${block}`);
  if (settings.isWhole) {
    await writePlots(plotsOf(comparison));
    await writeBlocks('compare.md', blocks, 'compare');
    say('\nwrote docs/compare.md and docs/plots/compare-*.svg');
  } else say('\ntoo short to be published: docs/compare.md stays as it is');
  return isWithinLimit(comparison.turns);
});
