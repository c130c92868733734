import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apps } from '@auth/contracts';
import { generateEdgeKey } from '@auth/ops/keys/generate';
import { initKeyDocuments } from '@auth/ops/keys/init';
import { goodDocuments, inFolder, readDocument } from '@auth/testkit/key-documents';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { assertProductionKeys } from './development-keys.ts';
import type { KeyDocument } from './key-document.ts';
import { loadServiceKeys } from './load.ts';

let good: Awaited<ReturnType<typeof goodDocuments>>;
beforeAll(async () => {
  good = await goodDocuments();
});

/** Returns a valid document with another issuer. */
function withIssuer(iss: string): KeyDocument {
  return { ...good.order, issuer: { ...good.order.issuer, iss } };
}

describe('assertProductionKeys', () => {
  it.each([
    'https://auth.example.com',
    'https://auth.example.com/tenant',
    'https://127.example.com',
    'https://10.0.0.7',
  ])('accepts %s', (issuer) => {
    expect(() => assertProductionKeys(withIssuer(issuer), 'k.json')).not.toThrow();
  });

  it.each([
    ['http://auth.example.com', 'is not https'],
    ['http://127.0.0.1:4001', 'names this machine'],
    ['https://127.1', 'names this machine'],
    ['https://0x7f000001', 'names this machine'],
    ['https://0.0.0.0', 'names this machine'],
    ['https://[::1]:4001', 'names this machine'],
    ['https://[::ffff:127.0.0.1]', 'names this machine'],
    ['https://LOCALHOST', 'names this machine'],
    ['https://user.localhost', 'names this machine'],
    ['https://localhost.', 'names this machine'],
  ])('rejects %s: it %s', (issuer, problem) => {
    expect(() => assertProductionKeys(withIssuer(issuer), 'k.json')).toThrow(
      `key document k.json: issuer.iss is ${issuer}, which ${problem}: NODE_ENV=production refuses development keys. ` +
        'Set AUTH_KEYS_FILE (or AUTH_KEYS) to a document made with: pnpm keys init',
    );
  });

  it.each([
    ['order.product.1', 'order', 'calls.product[0].kid'],
    ['order.product.2', 'order', 'calls.product[1].kid'],
    ['billing.order.1', 'order', 'accepts.billing[0].kid'],
    ['order.user.1', 'user', 'accepts.order[0].kid'],
  ] as const)('rejects the marked key %s of %s in any state', (kid, service, member) => {
    const document = JSON.parse(JSON.stringify(good[service]).replace(`"${kid}"`, `"${kid}.dev"`));
    expect(() => assertProductionKeys(document, 'k.json')).toThrow(
      `key document k.json: ${member} ends in .dev, the mark of a key made for development: ` +
        'NODE_ENV=production refuses development keys. Set AUTH_KEYS_FILE',
    );
  });

  it('rejects a marked session key', () => {
    const sessionKeys = [generateEdgeKey('session.1.dev', 'active')];
    expect(() => assertProductionKeys({ ...good.order, sessionKeys }, 'k.json')).toThrow('sessionKeys[0].kid ends');
  });
});

describe('loading keys in production', () => {
  it('rejects the documents of keys init without an issuer, at every service', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir });
      const refusal = { name: 'KeyDocumentError', exitCode: 78 };
      await expect(loadServiceKeys('user', { file: files.user, production: true })).rejects.toMatchObject(refusal);
      for (const service of ['product', 'order'] as const)
        await expect(loadServiceKeys(service, { file: files[service], production: true })).rejects.toMatchObject(
          refusal,
        );
    }));

  it('accepts the documents of keys init with an issuer, and no key is marked', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer: 'https://auth.example.com' });
      const { issuer } = await loadServiceKeys('user', { file: files.user, production: true });
      expect(issuer).toBe('https://auth.example.com');
      for (const service of apps) {
        expect(await loadServiceKeys(service, { file: files[service], production: true })).toMatchObject({ service });
        expect(JSON.stringify(await readDocument(dir, service))).not.toContain('.dev"');
      }
    }));

  it.each([
    ['user', 'signing[0].kid'],
    ['product', 'issuer.jwks.keys[0].kid'],
    ['order', 'issuer.jwks.keys[0].kid'],
  ] as const)('rejects the document of %s when keys of development got another issuer', (service, member) =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir });
      const { files, updated } = await initKeyDocuments({ dir, issuer: 'https://auth.example.com' });
      expect(updated).toContain(service);
      await expect(loadServiceKeys(service, { file: files[service], production: true })).rejects.toThrow(
        `key document ${files[service]}: ${member} ends in .dev`,
      );
    }),
  );

  it('marks every key that is made for development, and changes no present key', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, issuer: 'https://auth.example.com' });
      await rm(join(dir, 'product.json'));
      const order = await readDocument(dir, 'order');
      await writeFile(join(dir, 'order.json'), JSON.stringify({ ...order, calls: { user: order.calls['user'] } }));
      await initKeyDocuments({ dir, issuer: 'http://127.0.0.1:4001' });
      const { calls } = await readDocument(dir, 'order');
      const kids = Object.values(calls).flatMap((keys) => keys.map(({ kid }) => kid));
      expect(kids.sort()).toEqual(['order.product.2.dev', 'order.user.1']);
    }));
});
