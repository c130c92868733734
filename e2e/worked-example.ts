import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file that a guide creates or changes. */
export interface Edit {
  readonly path: string;
  readonly language: string;
  /** The whole file, or a diff when the language is `diff`; `…` stands for lines between two places. */
  readonly text: string;
  /** The expected output of the compiler: the next text block. `…` stands for the rest of a line. */
  readonly answer: string | undefined;
}

const block = /^`([\w./-]+)`\n\n```(\w+)\n([\s\S]*?)\n```\n(?:\n```text\n([\s\S]*?)\n```\n)?/gm;

/** Finds the files in a guide: a line with the path in backquotes, then the block. */
export function readEdits(markdown: string): Edit[] {
  return [...markdown.matchAll(block)].map(([, path = '', language = '', text = '', answer]) => ({
    path,
    language,
    text,
    answer,
  }));
}

/** Applies a step of the guide in a folder. @throws Error when a diff does not fit in exactly one place */
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

/** Whether the output of a command is that of the guide. */
export function isAnswer(printed: string, answer: string): boolean {
  const pattern = answer.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}\\s*$`).test(printed);
}
