import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getuid } from 'node:process';
import { type KeyDocument, KeyDocument as KeyDocumentSchema, parseKeyDocument } from '@auth/keys/key-document';
import { KeyDocumentError } from '@auth/keys/key-document-error';
import { readText } from '@auth/keys/read-text';
import { documentFile } from './document-place.ts';

/** Reads and validates the present documents of services. @throws KeyDocumentError */
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
 * Writes a document, for its owner only, in one step: readers see the old one or the new one, also after a power cut. When
 * root writes it, the owner stays that of the old document, or is that of the folder: the service must be able to read it.
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
    // Documents must reach the disk in the order in which they were written.
    await inFile(folder, 'r', (handle) => handle.sync());
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Removes the unfinished files of processes that were killed. The caller must hold the lock of the folder. */
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

/** Returns the text of a document, which must load: a broken one would stop a service. @throws KeyDocumentError */
export function textOf(dir: string, document: KeyDocument): string {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  parseKeyDocument(text, { service: document.service, source: documentFile(dir, document.service) });
  return text;
}

/** Rejects a folder that other users may write to: they could plant keys that they know. @throws KeyDocumentError */
async function assertOwn(dir: string): Promise<void> {
  const info = await stat(dir).catch(() => undefined);
  if (info === undefined || (info.uid === (getuid?.() ?? info.uid) && (info.mode & 0o022) === 0)) return;
  throw new KeyDocumentError(
    dir,
    'the folder belongs to another user, or other users may write to it: make it writable for you only',
  );
}
