export { generateEdgeKey, generateSigningKey } from './keys/generate.ts';
export type { InitResult } from './keys/init.ts';
export { initKeyDocuments } from './keys/init.ts';
