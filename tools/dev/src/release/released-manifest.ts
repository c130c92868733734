import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Release } from './release-options.ts';

/** The members of packages/verify/package.json that a release keeps or changes. Those of the workspace are left out. */
const Manifest = z.object({
  version: z.string(),
  description: z.string(),
  license: z.string(),
  keywords: z.array(z.string()),
  type: z.literal('module'),
  sideEffects: z.boolean(),
  engines: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.record(z.string(), z.unknown())),
  publishConfig: z.object({ exports: z.record(z.string(), z.unknown()) }),
  files: z.array(z.string()),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()),
  peerDependenciesMeta: z.record(z.string(), z.unknown()),
});
/** The manifest of the package in this repository. */
export type SourceManifest = z.output<typeof Manifest>;

/** Parses packages/verify/package.json. @throws ZodError */
export function parseManifest(text: string): SourceManifest {
  return Manifest.parse(JSON.parse(text));
}

/**
 * Makes the manifest of a release: no scripts, no development dependencies, no condition or protocol of this workspace.
 *
 * @throws Error when a dependency is not in the catalog, or `exports` and `publishConfig.exports` differ
 */
export function releasedManifest(
  manifest: SourceManifest,
  { name, version, repository, homepage, bugs }: Release,
  catalog: ReadonlyMap<string, string>,
) {
  const { publishConfig, description, keywords, license, type, sideEffects, engines, files, ...rest } = manifest;
  const exports = Object.fromEntries(Object.entries(rest.exports).map(([path, entry]) => [path, withoutSource(entry)]));
  if (!isDeepStrictEqual(exports, publishConfig.exports)) {
    throw new Error(
      'packages/verify/package.json: publishConfig.exports must be exports without the condition @auth/source',
    );
  }
  const url = repository === undefined ? undefined : { type: 'git', url: `git+${repository}.git`, directory };
  return {
    ...{ name, version, description, keywords, license, type, sideEffects, engines },
    ...(url === undefined ? {} : { repository: url }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(bugs === undefined ? {} : { bugs: { url: bugs } }),
    files: [...files, 'CHANGELOG.md'],
    exports,
    dependencies: resolved(rest.dependencies, catalog),
    peerDependencies: resolved(rest.peerDependencies, catalog),
    peerDependenciesMeta: rest.peerDependenciesMeta,
  };
}

/** Where the package is in the repository. */
export const directory = 'packages/verify';

function withoutSource({ '@auth/source': _source, ...conditions }: Readonly<Record<string, unknown>>) {
  return conditions;
}

function resolved(dependencies: Readonly<Record<string, string>>, catalog: ReadonlyMap<string, string>) {
  const entries = Object.entries(dependencies).map(([name, range]) => {
    const found = range === 'catalog:' ? catalog.get(name) : range;
    if (found === undefined || /^(workspace|catalog|link|file):/.test(found)) {
      throw new Error(`packages/verify/package.json: no range of versions is known for ${name} (${range})`);
    }
    return [name, found] as const;
  });
  return Object.fromEntries(entries);
}
