import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file that a guide tells to write, or to change. */
export interface Edit {
  readonly path: string;
  readonly language: string;
  /** The whole file, or a diff where the language is `diff`: `…` stands for lines between two places. */
  readonly text: string;
  /** What the compiler is said to answer: the text block right behind. `…` stands for the rest of a line. */
  readonly answer: string | undefined;
}

const block = /^`([\w./-]+)`\n\n```(\w+)\n([\s\S]*?)\n```\n(?:\n```text\n([\s\S]*?)\n```\n)?/gm;

/** Finds the files in a guide: the path in backquotes on a line of its own, then the block. */
export function readEdits(markdown: string): Edit[] {
  return [...markdown.matchAll(block)].map(([, path = '', language = '', text = '', answer]) => ({
    path,
    language,
    text,
    answer,
  }));
}

/** Does what the guide says below a folder. @throws Error when a diff does not fit in exactly one place */
export async function applyEdit(folder: string, { path, language, text }: Edit): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, language === 'diff' ? patch(await readFile(file, 'utf8'), text, path) : `${text}\n`);
}

function patch(source: string, diff: string, path: string): string {
  return diff.split(/^…\n/m).reduce((patched, hunk) => {
    const lines = hunk.replace(/\n$/, '').split('\n');
    const side = (added: '+' | '-') =>
      lines.flatMap((line) => ([added, ' ', ''].includes(line.charAt(0)) ? [`${line.slice(1)}\n`] : [])).join('');
    const parts = patched.split(side('-'));
    if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} places for:\n${hunk}`);
    return parts.join(side('+'));
  }, source);
}

/** Whether a command printed what the guide says it does. */
export function isAnswer(printed: string, answer: string): boolean {
  const pattern = answer.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}\\s*$`).test(printed);
}
