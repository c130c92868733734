// node build.mjs [<folder>]: builds the package twice, from one source: ES modules and CommonJS, each with its own types.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installTools } from '../../tools/install.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tsc = `${installTools('check')}node_modules/typescript/bin/tsc`;
const dist = resolve(process.argv[2] ?? here('dist'));

rmSync(dist, { recursive: true, force: true });
for (const format of ['esm', 'cjs']) {
  const args = [tsc, '-p', here(`tsconfig.${format}.json`), '--outDir', join(dist, format)];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
// The package is "type": "module"; the nearest package.json says otherwise for the CommonJS half.
writeFileSync(join(dist, 'cjs/package.json'), '{ "type": "commonjs" }\n');
