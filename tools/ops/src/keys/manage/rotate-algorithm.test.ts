import type { SigningJwk } from '@auth/keys/signing-key';
import { inFolder, readDocument } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { allReady } from '../../../test/folders.ts';
import { initKeyDocuments } from '../init.ts';
import { openKeyStore } from './key-store.ts';
import { signingRotation } from './rotations.ts';

const now = () => new Date();

/** Returns the algorithms of the signing keys at the issuer and at product, in the order of the keys. */
async function algorithmsIn(dir: string) {
  const [user, product] = [await readDocument(dir, 'user'), await readDocument(dir, 'product')];
  return {
    signing: user.signing?.map(({ alg, state }) => `${alg} ${state}`),
    published: product.issuer.jwks?.keys.map(({ alg }) => alg),
  };
}

async function step(dir: string, alg?: SigningJwk['alg']) {
  const store = openKeyStore(dir, { now });
  // The store writes no document that would not load.
  await store.write((await signingRotation(store, alg).plan(await store.read(), allReady)).writes, 'this test');
  return algorithmsIn(dir);
}

describe('the algorithm of access tokens', () => {
  it('is RS256 unless init gets another one', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, now });
      expect(await algorithmsIn(dir)).toEqual({ signing: ['RS256 active'], published: ['RS256'] });
    }));

  it('is changed by a rotation, during which verifiers hold keys of both, and stays in the next one', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, now });
      const both = ['RS256', 'ES256'];
      expect(await step(dir, 'ES256')).toEqual({ signing: ['RS256 active', 'ES256 pending'], published: both });
      expect(await step(dir, 'ES256')).toEqual({ signing: ['RS256 retiring', 'ES256 active'], published: both });
      expect(await step(dir, 'ES256')).toEqual({ signing: ['ES256 active'], published: ['ES256'] });
      expect((await step(dir)).signing).toEqual(['ES256 active', 'ES256 pending']);
    }));

  it('is changed to EdDSA and back to RS256', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, now });
      await step(dir, 'EdDSA');
      expect(await step(dir)).toEqual({ signing: ['RS256 retiring', 'EdDSA active'], published: ['RS256', 'EdDSA'] });
      await step(dir);
      expect((await step(dir, 'RS256')).signing).toEqual(['EdDSA active', 'RS256 pending']);
      await step(dir);
      expect(await step(dir)).toEqual({ signing: ['RS256 active'], published: ['RS256'] });
    }));

  it('is ES256 with --alg ES256 of init, which changes no present key', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, now, alg: 'ES256' });
      await initKeyDocuments({ dir, now, alg: 'RS256' });
      expect(await algorithmsIn(dir)).toEqual({ signing: ['ES256 active'], published: ['ES256'] });
    }));
});
