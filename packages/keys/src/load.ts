import { assertProductionKeys } from './development-keys.ts';
import { KeyDocument, parseKeyDocument, type ServiceKeys } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';
import { readText, withoutMark } from './read-text.ts';

/** Where a service's key document is: its JSON text (`AUTH_KEYS`) or a path (`AUTH_KEYS_FILE`). */
export type KeySource = ({ readonly text: string } | { readonly file: string }) & {
  /** Whether a document that was made for development is rejected. */
  readonly production: boolean;
  /** The issuer's public keys come from elsewhere (`AUTH_JWKS_URL`): the document's `issuer.jwks` is not used. */
  readonly remoteJwks?: boolean;
};

/** Returns the name of a source in errors. */
export function nameOfSource(source: KeySource): string {
  return 'file' in source ? source.file : 'AUTH_KEYS';
}

/** Reads the text of a key document. @throws KeyDocumentError when there is none */
export async function readKeyText(source: KeySource): Promise<string> {
  if ('text' in source) return withoutMark(source.text);
  const text = await readText(source.file);
  if (text !== undefined) return text;
  const problem = 'does not exist: set AUTH_KEYS_FILE to yours, or make one with: pnpm keys init';
  throw new KeyDocumentError(source.file, problem);
}

/** Parses the text of a service's key document; in production it must not be one of development. @throws KeyDocumentError */
export function parseServiceKeys(service: string, text: string, source: KeySource): ServiceKeys {
  const name = nameOfSource(source);
  const keys = parseKeyDocument(text, { service, source: name, remoteJwks: source.remoteJwks === true });
  if (source.production) assertProductionKeys(KeyDocument.parse(JSON.parse(text)), name);
  return keys;
}

/** Loads a service's own key document. @throws KeyDocumentError */
export async function loadServiceKeys(service: string, source: KeySource): Promise<ServiceKeys> {
  return parseServiceKeys(service, await readKeyText(source), source);
}
