export type { TestEdge } from './test-edge.ts';
export { createTestEdge } from './test-edge.ts';
export type { TestIssuer, TestIssuerOptions } from './test-issuer.ts';
export { createTestIssuer } from './test-issuer.ts';
