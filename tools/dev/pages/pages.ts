// pnpm pages: writes what docs/ repeats of the code. Plain files of other folders are imported, no service is started.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCommand, runHere } from '@auth/command';
import { apps } from '@auth/contracts';
import { fillBlock } from '@auth/ops/written-block';
import * as presets from '@auth/verify/presets';
import { devCommands } from '../src/commands.ts';
import { repositoryRoot } from '../src/stack/services.ts';
import { commandsTable } from './commands-page.ts';
import { configurationTables } from './configuration-page.ts';
import { issuersTable } from './issuers-page.ts';
import { routesTables } from './routes-page.ts';
import { settingsOf } from './setting.ts';

const command = 'pnpm pages';

async function readSettings() {
  const configs = apps.map(async (app) => {
    const { Settings } = await import(`../../../apps/${app}/src/config.ts`);
    return [app, settingsOf(Settings)] as const;
  });
  return Object.fromEntries(await Promise.all(configs));
}

async function readRoutes() {
  const definitions = apps.map(async (app) => [app, (await import(`../../../apps/${app}/src/routes.ts`)).routes]);
  return Object.fromEntries(await Promise.all(definitions));
}

/** Reads the scripts of package.json, and the commands that are plain JavaScript. */
async function readCommands() {
  const { scripts } = JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8'));
  const plain = await import(new URL('../plain-commands.mjs', import.meta.url).href);
  return commandsTable(Object.keys(scripts), plain);
}

const contents = {
  'docs/configuration.md': async () => configurationTables(await readSettings(), devCommands.dev.variables),
  'docs/commands.md': readCommands,
  'docs/issuers.md': async () => issuersTable(presets),
  'docs/rest.md': async () => routesTables(await readRoutes()),
};

await runHere(
  defineCommand({
    ...devCommands.pages,
    async run({ options, print, complain }) {
      let isCurrent = true;
      for (const [page, contentOf] of Object.entries(contents)) {
        const file = join(repositoryRoot, page);
        const text = await readFile(file, 'utf8');
        const filled = fillBlock(text, await contentOf(), { command });
        if (filled === text) continue;
        isCurrent = false;
        if (options.check) complain(`${page} is not current: run ${command}`);
        else {
          await writeFile(file, filled);
          print(`${page}: written`);
        }
      }
      return options.check && !isCurrent ? 1 : 0;
    },
  }),
);
