import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const readme = join(dirname(fileURLToPath(import.meta.url)), '../README.md');

/**
 * Every block of TypeScript of the README, by the file name in the comment of its first line.
 *
 * @throws Error for a block without a name, or with a name that another one has
 */
export function readSnippets(): ReadonlyMap<string, string> {
  const snippets = new Map<string, string>();
  for (const [, code = ''] of readFileSync(readme, 'utf8').matchAll(/^```(?:ts|typescript)\n(.*?)^```/gms)) {
    const name = /^\/\/ ([\w-]+\.ts)\b/.exec(code)?.[1];
    if (name === undefined) throw new Error(`a snippet of the README does not begin with its file name:\n${code}`);
    if (snippets.has(name)) throw new Error(`two snippets of the README are named ${name}`);
    snippets.set(name, code);
  }
  return snippets;
}
