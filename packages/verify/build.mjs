// Builds the package twice, from one source: ES modules and CommonJS, each with its own types.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installTools } from '../../tools/install.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tsc = `${installTools('check')}node_modules/typescript/bin/tsc`;

rmSync(here('dist'), { recursive: true, force: true });
for (const format of ['esm', 'cjs']) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', here(`tsconfig.${format}.json`)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
// The package is "type": "module"; the nearest package.json says otherwise for the CommonJS half.
writeFileSync(here('dist/cjs/package.json'), '{ "type": "commonjs" }\n');
