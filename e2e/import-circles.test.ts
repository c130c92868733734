import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const folders = ['apps', 'packages', 'prisma', 'tools', 'e2e'];
const skipped = new Set(['node_modules', 'dist', 'generated']);
/** All forms of an import, also of types. */
const imports = /\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'/g;

/** The source files of the entries of this workspace's packages, with patterns such as `./*`. */
const entries = new Map<string, string>();
const files = folders.flatMap((folder) => filesBelow(join(root, folder)));
for (const file of files.filter((path) => path.endsWith('/package.json'))) {
  const { name, exports = {} } = JSON.parse(readFileSync(file, 'utf8'));
  for (const [entry, target] of Object.entries<Readonly<Record<string, string>>>(exports)) {
    const source = target['@auth/source'];
    if (source !== undefined) entries.set(`${name}${entry.slice(1)}`, join(dirname(file), source));
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith('.ts') || entry.name === 'package.json' ? [path] : [];
  });
}

/** Resolves an import to a file of this repository; `undefined` for any other import. */
function resolve(specifier: string, from: string): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  if (!specifier.startsWith('@auth/')) return undefined;
  const [scope, name, ...rest] = specifier.split('/');
  return entries.get(specifier) ?? entries.get(`${scope}/${name}/*`)?.replace('*', rest.join('/'));
}

/** Finds a circle of imports, and returns its files. */
function findCircle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** A file and all files that it imports, directly and through others. */
function reachableFrom(file: string, graph: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([file]);
  // A set is iterated in the order of insertion, the files that are added meanwhile too.
  for (const each of reached) for (const next of graph.get(each) ?? []) reached.add(next);
  return reached;
}

describe('imports', () => {
  const sources = files.filter((path) => path.endsWith('.ts'));
  const graph = new Map(
    sources.map((file) => {
      const specifiers = [...readFileSync(file, 'utf8').matchAll(imports)].map(
        ([, from, alone]) => from ?? alone ?? '',
      );
      return [file, specifiers.flatMap((specifier) => resolve(specifier, file) ?? [])];
    }),
  );

  it('are read across packages, types included', () => {
    const path = (name: string) => join(root, name);
    expect(graph.get(path('apps/user/src/sessions/tokens.ts'))).toContain(path('packages/verify/src/issuer/index.ts'));
    expect(graph.get(path('apps/order/src/pricing.ts'))).toContain(path('apps/order/src/order.ts'));
    expect(graph.get(path('tools/ops/src/keys/manage/folder.ts'))).toContain(path('packages/keys/src/key-document.ts'));
  });

  it('form no circle, within a package and across packages, types included', () => {
    const circle = findCircle(graph)?.map((file) => relative(root, file));
    expect(circle).toBeUndefined();
  });

  it('give what a role may do to the user app, and to no other service', () => {
    const grants = join(root, 'packages/contracts/src/grants.ts');
    const loads = (app: string) => reachableFrom(join(root, 'apps', app, 'src/main.ts'), graph).has(grants);
    const apps = readdirSync(join(root, 'apps'));
    expect(apps.filter(loads)).toEqual(['user']);
  });

  it('that form a circle are reported', () => {
    const circle = new Map(Object.entries({ a: ['b'], b: ['c', 'd'], c: [], d: ['b'] }));
    expect(findCircle(circle)).toEqual(['b', 'd', 'b']);
  });
});
