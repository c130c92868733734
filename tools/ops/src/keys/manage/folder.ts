import type { KeyDocument } from '@auth/keys/key-document';
import { loadedKeys } from '@auth/keys/loaded-keys';
import { KeyCommandError } from './key-command-error.ts';

/** The documents of a folder, by service. */
export type Folder = ReadonlyMap<string, KeyDocument>;

/** Finds the document of a service. @throws KeyCommandError when there is none */
export function documentOf(folder: Folder, service: string): KeyDocument {
  const document = folder.get(service);
  if (document === undefined) throw new KeyCommandError(`there is no ${service}.json: run pnpm keys init first`);
  return document;
}

/** Returns the folder with these documents in place of those that it holds for their services. */
export function withDocuments(folder: Folder, documents: readonly KeyDocument[]): Folder {
  return new Map([...folder, ...documents.map((document) => [document.service, document] as const)]);
}

/** Selects the documents whose keys, or the states of these, are not those of the folder. The order stays. */
export function changedDocuments(folder: Folder, documents: readonly KeyDocument[]): readonly KeyDocument[] {
  return documents.filter((document) => keysIn(document) !== keysIn(folder.get(document.service)));
}

function keysIn(document: KeyDocument | undefined): string {
  const keys = document === undefined ? [] : loadedKeys(document);
  return keys
    .map(({ member, kid, state }) => `${member} ${kid} ${state}`)
    .sort()
    .join();
}
