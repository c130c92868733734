// pnpm bench:issuer-away: what clients are answered while the issuer is away, by @auth/verify and by other libraries.

import { startCommand } from '@auth/command';
import { labCommands } from '../../commands.ts';
import { runToEnd } from '../../measure/long-run.ts';
import { writeBlocks } from '../../measure/page.ts';
import { measureIssuerAway } from './measure.ts';
import { blocksOf } from './report.ts';

const { options } = startCommand(labCommands['bench:issuer-away']);

await runToEnd(async ({ say, progress }) => {
  progress('asking all libraries in all situations: about a minute');
  const blocks = blocksOf(await measureIssuerAway());
  for (const block of Object.values(blocks)) say(`\n${block}`);
  if (options.write) {
    await writeBlocks('issuer-away.md', blocks, 'away');
    say('\nwrote docs/issuer-away.md');
  }
  return true;
});
