import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateEdgeKey } from '@auth/ops/keys/generate';
import { goodDocuments, inFolder } from '@auth/testkit/key-documents';
import { createAccessTokenVerifier } from '@auth/verify';
import { createTestIssuer } from '@auth/verify/testing';
import { describe, expect, it } from '@jest/globals';
import { KeyDocument } from './key-document.ts';
import { openKeyRing } from './key-ring.ts';

const now = () => 1_700_000_000;
const issuer = createTestIssuer({ issuer: 'https://auth.example', audience: ['order'], now });
const another = createTestIssuer({ issuer: 'https://auth.example', audience: ['order'], now });

/** Opens a ring on a document with the keys of an issuer. `replace` writes another document, and waits until it is in force. */
async function ringIn(dir: string) {
  const file = join(dir, 'order.json');
  const { order } = await goodDocuments();
  const document = (jwks: object, accepts: object = order.accepts) =>
    KeyDocument.parse({ ...order, issuer: { iss: issuer.issuer, jwks }, accepts });
  await writeFile(file, JSON.stringify(document(issuer.jwks)));
  let loaded = () => {};
  const ring = await openKeyRing({
    service: 'order',
    source: { file, production: false },
    now,
    pollMs: 10,
    onReloaded: () => loaded(),
    onRefused(error) {
      throw error;
    },
  });
  const replace = async (text: string) => {
    const reloaded = new Promise<void>((resolve) => (loaded = resolve));
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    await reloaded;
  };
  return { ring, document, replace };
}

describe('the public keys of a key ring', () => {
  it('are the same objects after a reload without a change of them, so that remembered tokens stay valid', () =>
    inFolder(async (dir) => {
      const { ring, document, replace } = await ringIn(dir);
      const keys = () => ring.current().publicKeys;
      const verifier = createAccessTokenVerifier({
        issuer: issuer.issuer,
        audience: 'order',
        keys,
        revocations: null,
        now,
      });
      const token = issuer.token();
      verifier.verify(token);
      verifier.verify(token);
      const before = keys().get(issuer.kid)?.key;
      expect(before?.type).toBe('public');
      await replace(JSON.stringify(document(issuer.jwks), undefined, 2));
      expect(keys().get(issuer.kid)?.key).toBe(before);
      const jwks = { keys: [...another.jwks.keys, ...issuer.jwks.keys] };
      await replace(JSON.stringify(document(jwks, { billing: [generateEdgeKey('billing.order.2', 'active')] })));
      expect([...keys().keys()]).toEqual([another.kid, issuer.kid]);
      expect(keys().get(issuer.kid)?.key).toBe(before);
      verifier.verify(token);
      expect(verifier.memory()).toMatchObject({ tokens: 1, hits: 1 });
      ring.close();
    }));

  it('are new objects when the material changed under the same kid', () =>
    inFolder(async (dir) => {
      const { ring, document, replace } = await ringIn(dir);
      const keys = () => ring.current().publicKeys;
      const before = keys().get(issuer.kid)?.key;
      const jwks = { keys: another.jwks.keys.map((key) => ({ ...key, kid: issuer.kid })) };
      await replace(JSON.stringify(document(jwks)));
      expect(keys().get(issuer.kid)?.key).not.toBe(before);
      ring.close();
    }));
});

describe('openKeyRing', () => {
  it('watches no file when the document is a text', async () => {
    const { order } = await goodDocuments();
    const ring = await openKeyRing({
      service: 'order',
      source: { text: JSON.stringify(order), production: false },
      now,
      onReloaded: () => {},
      onRefused: () => {},
    });
    expect(ring.inForce().map(({ member, kid }) => `${member} ${kid}`)).toContain('calls.product order.product.1');
    expect(ring.delivery()).toBe('text');
    ring.close();
  });
});
