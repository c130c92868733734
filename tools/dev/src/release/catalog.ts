/**
 * Reads the version ranges of the default catalog from the text of a pnpm-workspace.yaml. Only the form that this repository
 * writes is read: one line for each package.
 */
export function readCatalog(workspace: string): ReadonlyMap<string, string> {
  const [, block = ''] = /^catalog:\n((?: .*\n|\n)*)/m.exec(workspace) ?? [];
  return new Map(
    [...block.matchAll(/^ {2}"?([^"\s:#]+)"?: "?([^"\n]+?)"?$/gm)].map(([, name = '', range = '']) => [name, range]),
  );
}
