import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { ServiceName } from '@auth/verify';
import type { KeyDocument } from './key-document.ts';
import { KeyDocument as KeyDocumentSchema, parseKeyDocument } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';
import { readText } from './read-text.ts';

/** Where the document of a service is. */
export function documentFile(dir: string, service: string): string {
  return join(dir, `${service}.json`);
}

/** The services whose documents are in a folder, sorted; none when there is no folder. */
export async function servicesIn(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const services = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  return services.filter((name) => ServiceName.safeParse(name).success).sort();
}

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

/** Writes a document, for its owner only, in one step: readers see the old one or the new one. Nothing to do if it is the same. */
export async function writeDocument(
  dir: string,
  document: KeyDocument,
  before: KeyDocument | undefined,
): Promise<{ file: string; changed: boolean }> {
  const file = documentFile(dir, document.service);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(document)) return { file, changed: false };
  const text = textOf(dir, document);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const temporary = join(dir, `.${document.service}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
  return { file, changed: true };
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
