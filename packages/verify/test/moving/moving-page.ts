import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../../docs/moving');

/** The libraries that a page of `docs/moving` shows the way from. */
export const libraries = ['express-jwt', 'passport-jwt', 'express-oauth2-jwt-bearer', 'keycloak-connect'] as const;

/** A row of a page's tables: what is asked, and what the two programs answer. */
export interface Row {
  readonly request: string;
  readonly before: string;
  readonly after: string;
}

/** A page of `docs/moving`: its programs by file name, the numbers of lines that it names, and the rows of its tables. */
export interface MovingPage {
  readonly programs: ReadonlyMap<string, string>;
  readonly toWrite: number;
  readonly toDelete: number;
  readonly rows: readonly Row[];
}

/** Reads the page about a library. */
export function readPage(library: string): MovingPage {
  const page = readFileSync(join(folder, `${library}.md`), 'utf8');
  const [, toWrite, toDelete] = /^Lines to write: (\d+)\. Lines to delete: (\d+)\.$/m.exec(page) ?? [];
  return {
    programs: new Map(programsOf(page)),
    toWrite: Number(toWrite),
    toDelete: Number(toDelete),
    rows: [...page.matchAll(/^\| (?!request |---)(.+?) \| (.+?) \| (.+?) \|$/gm)].map(
      ([, request = '', before = '', after = '']) => ({ request, before, after }),
    ),
  };
}

function programsOf(text: string): [name: string, code: string][] {
  const blocks = text.matchAll(/^```js\n(\/\/ ([\w-]+\.js)\b.*?)^```/gms);
  return [...blocks].map(([, code = '', name = '']) => [name, code]);
}

/** Counts the lines that a change writes and deletes, as a diff does: by the longest sequence of common lines. */
export function countChanges(before: string, after: string): { readonly toWrite: number; readonly toDelete: number } {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let previous = new Array<number>(fresh.length + 1).fill(0);
  for (const line of old) {
    const current = [0];
    for (const [at, other] of fresh.entries()) {
      const longest = Math.max(previous[at + 1] ?? 0, current[at] ?? 0);
      current.push(line === other ? (previous[at] ?? 0) + 1 : longest);
    }
    previous = current;
  }
  const common = previous.at(-1) ?? 0;
  return { toWrite: fresh.length - common, toDelete: old.length - common };
}

function linesOf(code: string): string[] {
  return code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'));
}
