import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { apps, edges } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { loadServiceKeys } from '@auth/keys/load';
import { inFolder, readDocument, secretsOf } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { initKeyDocuments } from './init.ts';

const issuer = 'http://localhost:4001';

/** Returns the keys that a service verifies access tokens with. */
function kidsOf({ issuer: { jwks } }: KeyDocument): string[] | undefined {
  return jwks?.keys.map(({ kid }) => kid);
}

describe('initKeyDocuments', () => {
  it('gives each service the keys that it needs, and no others', () =>
    inFolder(async (dir) => {
      const { created, updated, files } = await initKeyDocuments({ dir, issuer });
      expect([[...created].sort(), updated]).toEqual([[...apps].sort(), []]);
      expect(Object.keys(files).sort()).toEqual([...apps].sort());

      const user = await readDocument(dir, 'user');
      const product = await readDocument(dir, 'product');
      const order = await readDocument(dir, 'order');
      const gateway = await readDocument(dir, 'gateway');
      // user and product call no service, so they hold no key to call with.
      expect([user.calls, product.calls]).toEqual([{}, {}]);
      // The gateway calls no service and accepts no caller. Its session keys are in no other document.
      expect([gateway.calls, gateway.accepts]).toEqual([{}, {}]);
      expect(gateway.sessionKeys).toMatchObject([{ kid: 'session.1.dev', state: 'active' }]);
      expect([user, product, order].map(({ sessionKeys }) => sessionKeys)).toEqual([undefined, undefined, undefined]);
      const callersOf = (name: string) => edges().flatMap(({ caller, callee }) => (callee === name ? [caller] : []));
      for (const { service, accepts } of [user, product, order]) {
        expect(Object.keys(accepts)).toEqual(callersOf(service));
      }
      expect([user, product].every(({ accepts }) => 'order' in accepts)).toBe(true);
      // Both ends of an edge hold the same secret, and each edge holds another one.
      expect(order.calls).toEqual({ product: product.accepts['order'], user: user.accepts['order'] });
      const secrets = Object.values(order.calls).flatMap((keys) => keys.map(({ secret }) => secret));
      expect(new Set(secrets).size).toBe(2);
      // Only the issuer can sign; other services hold the public keys.
      expect([user.signing?.length, product.signing, order.signing]).toEqual([1, undefined, undefined]);
      expect(user.issuer).toEqual({ iss: issuer });
      expect([order.issuer, gateway.issuer]).toEqual([product.issuer, product.issuer]);
      expect(kidsOf(product)).toEqual(user.signing?.map(({ kid }) => kid));
      expect(secretsOf(JSON.stringify({ ...product, auditKey: undefined }))).toHaveLength(callersOf('product').length);
    }));

  it('writes documents that load and their history, and no other file', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer });
      for (const service of apps) {
        expect((await loadServiceKeys(service, { file: files[service], production: false })).service).toBe(service);
      }
      expect((await readdir(dir)).sort()).toEqual(
        ['history.jsonl', ...apps.map((service) => `${service}.json`)].sort(),
      );
    }));

  it('writes files for their owner only, with any umask', () =>
    inFolder(async (parent) => {
      const umask = process.umask(0);
      try {
        const dir = join(parent, 'new', 'keys');
        const { files } = await initKeyDocuments({ dir, issuer });
        const modes = await Promise.all(
          [dir, ...Object.values(files)].map(async (path) => (await stat(path)).mode & 0o777),
        );
        expect(modes).toEqual([0o700, ...apps.map(() => 0o600)]);
      } finally {
        process.umask(umask);
      }
    }));

  it('rejects an issuer that is no URL, and writes nothing', () =>
    inFolder(async (dir) => {
      await expect(initKeyDocuments({ dir, issuer: 'auth.example' })).rejects.toThrow(
        'issuer.iss must be an http(s) URL',
      );
      expect(await readdir(dir)).toEqual([]);
    }));
});
