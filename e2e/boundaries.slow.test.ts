import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrowsOfApps } from './arrows-of-apps.ts';
import { arrowsOfPackages } from './arrows-of-packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** All forms of an import. */
const forms = [
  "import a from 'express';",
  "import { b } from 'express';",
  "import type { C } from 'express';",
  "export { d } from 'express';",
  "export type { E } from 'express';",
  "export * from 'express';",
  "import 'express';",
  "const g = import('express');",
];
const formsFile = 'apps/order/src/stock.ts';

let dir: string;
/** The path and line of every refused import. */
let refused: ReadonlySet<string>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'boundaries-'));
  const { vcs: _vcs, ...config } = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'));
  await writeFile(join(dir, 'biome.json'), JSON.stringify(config));
  await copyFile(join(root, 'biome.boundaries.json'), join(dir, 'biome.boundaries.json'));
  for (const [path, { allowed, forbidden }] of Object.entries({ ...arrowsOfApps, ...arrowsOfPackages })) {
    await writeLines(path, [...allowed, ...forbidden].map(importLine));
  }
  await writeLines(formsFile, forms);
  refused = await lint();
});
afterAll(() => rm(dir, { recursive: true }));

describe('the import boundaries', () => {
  const rows = Object.entries({ ...arrowsOfApps, ...arrowsOfPackages }).flatMap(([path, { allowed, forbidden }]) =>
    [...allowed, ...forbidden].map((specifier, index) => ({
      path,
      specifier,
      line: `${path}:${index + 1}`,
      isForbidden: index >= allowed.length,
    })),
  );

  it.each(rows.filter(({ isForbidden }) => isForbidden))('keep $path from importing $specifier', ({ line }) => {
    expect(refused.has(line)).toBe(true);
  });

  it.each(rows.filter(({ isForbidden }) => !isForbidden))('let $path import $specifier', ({ line }) => {
    expect(refused.has(line)).toBe(false);
  });

  it.each(forms.map((form, index) => ({ form, index })))('hold for the form: $form', ({ index }) => {
    expect(refused.has(`${formsFile}:${index + 1}`)).toBe(true);
  });
});

/** Writes one import a line, so that the line identifies a refused one. */
function importLine(specifier: string, index: number): string {
  return `import x${index} from '${specifier}'; export { x${index} };`;
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), `${lines.join('\n')}\n`);
}

/** Returns the imports that Biome refuses in the folder, as path and line. */
async function lint(): Promise<Set<string>> {
  const biome = join(root, 'tools/check/node_modules/.bin/biome');
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const output = await new Promise<string>((resolve) => {
    // The exit code is 1 when an import is refused, as expected here.
    execFile(biome, args, { cwd: dir, maxBuffer: 16_000_000 }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  const imports = diagnostics.filter(({ category }) => category === 'lint/style/noRestrictedImports');
  return new Set(imports.map(({ location: { path, start } }) => `${path}:${start.line}`));
}

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}
