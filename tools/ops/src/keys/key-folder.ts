import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getuid } from 'node:process';
import type { KeyDocument } from '@auth/keys/key-document';
import { KeyDocument as KeyDocumentSchema, parseKeyDocument } from '@auth/keys/key-document';
import { KeyDocumentError } from '@auth/keys/key-document-error';
import { readText } from '@auth/keys/read-text';
import { documentFile } from './document-place.ts';

/** Reads and validates the documents that are there, by service. @throws KeyDocumentError */
export async function readDocuments(dir: string, services: readonly string[]): Promise<Map<string, KeyDocument>> {
  await assertOwn(dir);
  const documents = new Map<string, KeyDocument>();
  for (const service of services) {
    const file = documentFile(dir, service);
    const text = await readText(file);
    if (text === undefined) continue;
    parseKeyDocument(text, { service, source: file });
    documents.set(service, KeyDocumentSchema.parse(JSON.parse(text)));
  }
  return documents;
}

/**
 * Writes a document, for its owner only, in one step: readers see the old one or the new one, also after a power cut. Where
 * root writes it, it keeps the owner of the document before it, or gets that of its folder: the service must be able to read it.
 */
export async function writeDocument(dir: string, document: KeyDocument): Promise<void> {
  const text = textOf(dir, document);
  const file = documentFile(dir, document.service);
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${document.service}.${randomUUID()}${unfinished}`);
  try {
    await inFile(temporary, 'wx', async (handle) => {
      await handle.writeFile(text);
      if (getuid?.() === 0) {
        const { uid, gid } = await stat(file).catch(() => stat(folder));
        await handle.chown(uid, gid);
      }
      await handle.sync();
    });
    await rename(temporary, file);
    // Documents must arrive in the order in which they were written.
    await inFile(folder, 'r', (handle) => handle.sync());
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Removes what a process left that was killed while it wrote. The caller must hold the folder's lock. */
export async function removeLeftovers(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true });
  const folders = [dir, ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name))];
  for (const folder of folders) {
    const names = await readdir(folder);
    await Promise.all(names.filter((name) => name.endsWith(unfinished)).map((name) => rm(join(folder, name))));
  }
}

const unfinished = '.tmp';

async function inFile(path: string, flags: string, use: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags, 0o600);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
}

/** What is written must load: better no document than one that stops a service. @throws KeyDocumentError */
export function textOf(dir: string, document: KeyDocument): string {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  parseKeyDocument(text, { service: document.service, source: documentFile(dir, document.service) });
  return text;
}

/** Whoever may write here could give us keys that they know. @throws KeyDocumentError */
async function assertOwn(dir: string): Promise<void> {
  const info = await stat(dir).catch(() => undefined);
  if (info === undefined || (info.uid === (getuid?.() ?? info.uid) && (info.mode & 0o022) === 0)) return;
  throw new KeyDocumentError(
    dir,
    'the folder belongs to somebody else, or others may write to it: make it yours alone',
  );
}
