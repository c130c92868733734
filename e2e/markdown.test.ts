import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from '@auth/dev';
import { describe, expect, it } from '@jest/globals';

const isSkipped = (name: string) =>
  ['node_modules', 'dist', 'generated', 'reports'].includes(name) || (name.startsWith('.') && name !== '.github');

/** Lists the markdown files below a folder, as paths from the root of the repository. */
function markdownFiles(folder = repositoryRoot): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (isSkipped(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownFiles(path);
    return entry.name.endsWith('.md') ? [relative(repositoryRoot, path)] : [];
  });
}

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const withoutFences = (text: string) => text.replace(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2`*$/gm, '');

/** Lists the targets of all links and images of a page, without those in code. */
function targetsOf(path: string): string[] {
  const text = withoutFences(read(path)).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}

/** Lists the anchors that GitHub assigns to the headings of a page. */
function anchorsOf(path: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutFences(read(path)).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, '').replaceAll(' ', '-');
    let [unique, count] = [anchor, 0];
    while (anchors.has(unique)) unique = `${anchor}-${++count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Returns the fault of a link; `undefined` for a valid one. Links to other sites are not followed. */
function faultOf(page: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return URL.canParse(target) ? undefined : 'not a URL';
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page : join(dirname(page), decodeURI(file));
  if (path.startsWith('..')) return 'outside of the repository';
  if (!existsSync(join(repositoryRoot, path))) return 'no such file';
  if (anchor === undefined) return undefined;
  if (statSync(join(repositoryRoot, path)).isDirectory() || !path.endsWith('.md')) return 'no markdown file';
  return anchorsOf(path).has(anchor) ? undefined : 'no such heading';
}

const pages = markdownFiles();

describe('the links of markdown files', () => {
  it('lead to files and headings that exist', () => {
    const faults = pages.flatMap((page) =>
      targetsOf(page).flatMap((target) => {
        const fault = faultOf(page, target);
        return fault === undefined ? [] : [`${page}: ${target}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/keys.md', 'packages/verify/README.md']));
  });

  it.each([
    ['docs/none.md', 'no such file'],
    ['docs/keys.md#none', 'no such heading'],
    ['#none', 'no such heading'],
    ['../elsewhere.md', 'outside of the repository'],
    ['docs#none', 'no markdown file'],
    ['docs/keys.md#a-key-is-in-wrong-hands', undefined],
  ])('to %s: %s', (target, fault) => expect(faultOf('README.md', target)).toBe(fault));
});

describe('the table "Where is" of README.md', () => {
  const section = /^## Where is[^\n]*\n([\s\S]*?)^## /m.exec(read('README.md'))?.[1] ?? '';
  const rows = section.split('\n').filter((line) => /^\| (?!---)/.test(line) && line.includes(']('));

  it('answers ten questions', () => expect(rows.length).toBeGreaterThanOrEqual(10));

  it.each(rows.map((row) => [row.split(' | ')[0]?.slice(2) ?? '', row] as const))(
    'names the deciding lines of "%s" as they are, in two files at most',
    (_question, row) => {
      const named = [...row.matchAll(/\]\(([^()\s]+)\): `([^`]+)`/g)].map(([, path = '', line = '']) => ({
        path,
        line,
      }));
      expect(named.filter(({ path, line }) => !read(path).includes(line))).toEqual([]);
      expect([1, 2]).toContain(named.length);
    },
  );
});
