export { generateEdgeKey, generateSigningKey } from './generate.ts';
export type { InitResult } from './init.ts';
export { initKeyDocuments } from './init.ts';
export type { ServiceKeys } from './key-document.ts';
export { KeyDocument, parseKeyDocument } from './key-document.ts';
export { KeyDocumentError } from './key-document-error.ts';
export type { KeySource } from './load.ts';
export { loadIssuerKeys, loadServiceKeys } from './load.ts';
export type { SigningKey, SigningKeys } from './signing-key.ts';
