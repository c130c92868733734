import type { ServiceKeys } from './key-document.ts';
import { KeyDocument, parseKeyDocument } from './key-document.ts';
import { KeyDocumentError } from './key-document-error.ts';
import { assertProductionKeys } from './production-keys.ts';
import { readText } from './read-text.ts';
import type { SigningKeys } from './signing-key.ts';

/** Where a service's key document is: its JSON text (`AUTH_KEYS`) or a path (`AUTH_KEYS_FILE`). */
export type KeySource = ({ readonly text: string } | { readonly file: string }) & {
  /** Refuse a document that was made for development. */
  readonly production: boolean;
};

/** Loads a service's own key document. @throws KeyDocumentError */
export async function loadServiceKeys(service: string, source: KeySource): Promise<ServiceKeys> {
  const name = nameOf(source);
  const text = await textOf(source);
  const keys = parseKeyDocument(text, { service, source: name });
  if (source.production) assertProductionKeys(KeyDocument.parse(JSON.parse(text)), name);
  return keys;
}

/** Loads the document of the service that signs access tokens. @throws KeyDocumentError */
export async function loadIssuerKeys(
  service: string,
  source: KeySource,
): Promise<ServiceKeys & { readonly signing: SigningKeys }> {
  const keys = await loadServiceKeys(service, source);
  if (keys.signing === undefined) {
    throw new KeyDocumentError(nameOf(source), `signing is missing: ${service} signs access tokens`);
  }
  return { ...keys, signing: keys.signing };
}

async function textOf(source: KeySource): Promise<string> {
  if ('text' in source) return source.text;
  const text = await readText(source.file);
  if (text !== undefined) return text;
  throw new KeyDocumentError(
    source.file,
    'does not exist: set AUTH_KEYS_FILE to yours, or make one with: pnpm keys init',
  );
}

function nameOf(source: KeySource): string {
  return 'file' in source ? source.file : 'AUTH_KEYS';
}
