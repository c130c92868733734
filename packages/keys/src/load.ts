import type { ServiceKeys } from './key-document.ts';
import { parseKeyDocument } from './key-document.ts';
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
  const keys = await readServiceKeys(service, source);
  if (source.production) assertProductionKeys(keys, 'file' in source ? source.file : 'AUTH_KEYS');
  return keys;
}

async function readServiceKeys(service: string, source: KeySource): Promise<ServiceKeys> {
  if ('text' in source) return parseKeyDocument(source.text, { service, source: 'AUTH_KEYS' });
  const text = await readText(source.file);
  if (text === undefined) {
    throw new KeyDocumentError(
      source.file,
      'does not exist: set AUTH_KEYS_FILE to yours, or make one with: pnpm keys init',
    );
  }
  return parseKeyDocument(text, { service, source: source.file });
}

/** Loads the document of the service that signs access tokens. @throws KeyDocumentError */
export async function loadIssuerKeys(
  service: string,
  source: KeySource,
): Promise<ServiceKeys & { readonly signing: SigningKeys }> {
  const keys = await loadServiceKeys(service, source);
  if (keys.signing === undefined) {
    throw new KeyDocumentError(
      'file' in source ? source.file : 'AUTH_KEYS',
      `signing is missing: ${service} signs access tokens`,
    );
  }
  return { ...keys, signing: keys.signing };
}
