import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyDocument, KeyDocumentError } from '@auth/keys';
import { generateEdgeKey, generateSigningKey } from '@auth/ops';
import { expect } from '@jest/globals';

/** Valid documents of the issuer and of a service that calls and is called, for tests to break. */
export async function goodDocuments(): Promise<{ readonly user: KeyDocument; readonly order: KeyDocument }> {
  const signing = await generateSigningKey('active');
  const { kty, kid, alg, use } = signing;
  const jwk = signing.kty === 'RSA' ? { kty, kid, alg, use, n: signing.n, e: signing.e } : { kty, kid, alg, use };
  const issuer = { iss: 'https://auth.example' };
  return {
    user: {
      service: 'user',
      issuer,
      signing: [signing],
      calls: {},
      accepts: { order: [generateEdgeKey('order.user.1', 'active')] },
    },
    order: {
      service: 'order',
      issuer: { ...issuer, jwks: { keys: [jwk] } },
      calls: { product: [generateEdgeKey('order.product.1', 'active'), generateEdgeKey('order.product.2', 'pending')] },
      accepts: { billing: [generateEdgeKey('billing.order.1', 'retiring')] },
    },
  };
}

/** Returns the secrets of a document: none may be printed. */
export function secretsOf(text: string): string[] {
  return [...text.matchAll(/"(?:secret|d|p|q|dp|dq|qi|auditKey)": ?"([^"]{4,})"/g)].map(([, value]) => value ?? '');
}

/** Returns the message of a refused document, which must name its source and none of its secrets. */
export function refusalOf(text: string, read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!(error instanceof KeyDocumentError)) throw error;
    for (const secret of secretsOf(text)) expect(`${error.message}${error.stack}${error.cause}`).not.toContain(secret);
    return error.message;
  }
  return 'none';
}

/** Runs a function with a new empty folder, which is removed afterwards. */
export async function inFolder<T>(run: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'keys-'));
  try {
    return await run(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Reads a document of a folder. */
export async function readDocument(dir: string, service: string): Promise<KeyDocument> {
  return KeyDocument.parse(JSON.parse(await readFile(join(dir, `${service}.json`), 'utf8')));
}
