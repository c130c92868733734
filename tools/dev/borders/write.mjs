// pnpm borders: writes biome.boundaries.json from the borders of the repository, which only these files define. `pnpm lint`
// fails while it is not current (--check), and e2e/boundaries.slow.test.ts shows that every border holds. Plain JavaScript, since it runs
// before anything is compiled.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stderr } from 'node:process';
import { bordersOfApps } from './of-apps.mjs';
import { bordersOfPackages } from './of-packages.mjs';

const error = (options) => ({ level: 'error', options });
const overrides = [...bordersOfApps, ...bordersOfPackages].map(({ files, not, globals }) => ({
  includes: [...files, '!**/*.test.ts'],
  linter: {
    rules: {
      style: {
        noRestrictedImports: error({
          patterns: not.map(({ imports, reason, names }) => ({
            ...{ group: imports, message: reason },
            ...(names && { importNamePattern: names }),
          })),
        }),
        ...(globals && { noRestrictedGlobals: error({ deniedGlobals: globals }) }),
      },
    },
  },
}));
const file = new URL('../../../biome.boundaries.json', import.meta.url);
const text = `${JSON.stringify({ overrides })}\n`;
if (!argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  stderr.write('biome.boundaries.json does not agree with tools/dev/borders: run pnpm borders\n');
  exit(1);
}
