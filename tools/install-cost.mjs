// node tools/install-cost.mjs [folder …]: clones the last commit and installs it, or the folders given, into an empty pnpm store.
// Prints megabytes, packages and seconds. pnpm itself, which npx keeps, is fetched before the clock starts.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = process.argv.length > 2 ? process.argv.slice(2) : ['.'];
const temporary = mkdtempSync(join(tmpdir(), 'install-cost-'));
try {
  const clone = join(temporary, 'clone');
  run('git', ['clone', '--quiet', root, clone]);
  run('npx', ['-y', 'pnpm', '--version']);
  for (const folder of folders) measure(folder, join(clone, folder));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function measure(name, cwd) {
  const store = mkdtempSync(join(temporary, 'store-'));
  const start = performance.now();
  run('npx', ['-y', 'pnpm', 'install', '--frozen-lockfile', '--store-dir', store], cwd);
  const seconds = (performance.now() - start) / 1000;
  const [megabytes] = run('du', ['-sm', 'node_modules'], cwd).split('\t');
  const packages = readdirSync(join(cwd, 'node_modules/.pnpm')).filter((entry) => entry.includes('@'));
  process.stdout.write(`${name}: ${megabytes} MB, ${packages.length} packages, ${seconds.toFixed(1)} s\n`);
}

function run(file, args, cwd) {
  return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
