import { readFile } from 'node:fs/promises';
import { KeyDocumentError } from './key-document-error.ts';

/** Reads a key document's text; `undefined` when there is no such file. @throws KeyDocumentError */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return withoutMark(await readFile(file, 'utf8'));
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    throw new KeyDocumentError(file, `cannot be read (${code})`);
  }
}

/** Removes a byte order mark, which some editors write at the start of a file. RFC 8259 §8.1 allows to ignore it. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '');
}
