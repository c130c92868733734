// pnpm compare: the same work behind every way of finding out who asks, in one run. Writes docs/compare.md and its plots,
// when it lasts long enough. Exits 1 when a bearer token costs more than a session in Redis.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env, stdout } from 'node:process';
import { startCommand } from '@auth/contracts/command';
import { repositoryRoot } from '../src/index.ts';
import { readExitCode } from '../src/stack/exit-code.ts';
import { isWithinLimit } from './bar.ts';
import { measureAll } from './measure.ts';
import { fillIn } from './page.ts';
import { plotsOf } from './plots.ts';
import { blocksOf } from './report.ts';
import { readCompareSettings } from './settings.ts';

startCommand({
  name: 'pnpm compare',
  summary:
    'Measures every way of finding out who asks, and writes docs/compare.md. Exits 1 when a bearer token costs more than a session in Redis.',
  notes: [
    'COMPARE_SECONDS  how long the load lasts, 1 to 300 (default: 50); a shorter run is not published',
    'REDIS_URL        a Redis to use (default: one of its own, where redis-server is installed)',
  ],
});

/** pnpm may pass on a Ctrl-C that the terminal has sent to all of us already: so close together it is one. */
const sameKeyPressMs = 400;
const stop = new AbortController();
let stoppedAt = Number.POSITIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // What still runs is ended by its guards, which notice that we are gone.
    if (performance.now() - stoppedAt > sameKeyPressMs) process.exit(130);
    if (!stop.signal.aborted) stoppedAt = performance.now();
    stop.abort();
  });
}
const say = (line: string) => stdout.write(`${line}\n`);
// Its reader may go first.
stdout.on('error', () => stop.abort());

try {
  process.exitCode = (await run()) ? 0 : 1;
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

async function run(): Promise<boolean> {
  const settings = readCompareSettings(env);
  const started = performance.now();
  const tell = (line: string) => say(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  const comparison = await measureAll({ settings, tell, signal: stop.signal });
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
