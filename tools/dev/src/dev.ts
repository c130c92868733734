import { exitCodeOf, startCommand } from '@auth/command';
import { devCommands } from './commands.ts';
import { isLocalDatabase } from './demo/seed-demo-data.ts';
import { findLaunchers, watchLaunchers } from './stack/ancestors.ts';
import { findCompiler } from './stack/compiler.ts';
import { startStopwatch } from './stack/duration.ts';
import { databaseNames, serviceNames } from './stack/services.ts';
import { readSettings } from './stack/settings.ts';
import { startStack } from './stack/stack.ts';
import { renderBanner } from './terminal/banner.ts';
import { createConsole, wantsColour } from './terminal/console.ts';

startCommand(devCommands.dev);

/** The time in which two SIGINTs count as one Ctrl-C: npm and pnpm may forward what the terminal has sent to all processes. */
const sameKeyPressMs = 400;

const elapsed = startStopwatch();
const colour = wantsColour(process.env, process.stdout.isTTY === true);
const stop = new AbortController();
let stopRequestedAt = Number.POSITIVE_INFINITY;

const requestStop = (): void => {
  if (stop.signal.aborted) return;
  stopRequestedAt = performance.now();
  stop.abort();
};
const { say, print } = createConsole(process.stdout, { colour, onClosed: requestStop });
// The reader of the output may end first: then there is no place for an error message.
process.stderr.on('error', requestStop);
process.on('SIGTERM', requestStop);
process.on('SIGHUP', requestStop);
process.on('SIGINT', () => {
  // The guards end the remaining processes when this one is gone.
  if (performance.now() - stopRequestedAt > sameKeyPressMs) process.exit(130);
  requestStop();
});
watchLaunchers(findLaunchers(process.ppid), requestStop);
const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));

try {
  const settings = readSettings(process.env);
  const compiler = findCompiler();
  say('dev', 'starting');
  const stack = await startStack({
    settings,
    watch: true,
    say,
    seed: true,
    ...(compiler === undefined ? {} : { compiler }),
    serviceEnv: colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' },
    signal: stop.signal,
  });
  print(
    renderBanner(
      {
        urls: stack.urls,
        databaseUrls: stack.databaseUrls,
        embedded: databaseNames.filter((name) => settings.databaseUrls[name] === undefined),
        down: serviceNames.filter((name) => !stack.isUp(name)),
        notReady: serviceNames.filter((name) => stack.isUp(name) && !stack.isReady(name)),
        hasDemoData: isLocalDatabase(stack.databaseUrls.user) && isLocalDatabase(stack.databaseUrls.product),
        took: elapsed(),
      },
      { colour },
    ),
  );
  await stopped;
  say('dev', 'stopping');
  await stack.close();
  say('dev', 'stopped');
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted && error === stop.signal.reason) {
    say('dev', 'stopped');
    process.exit(0);
  }
  const foreseen = exitCodeOf(error);
  if (error instanceof Error) say('dev', foreseen === undefined ? (error.stack ?? error.message) : error.message);
  process.exit(foreseen ?? 1);
}
