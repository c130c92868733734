import { inFolder, readDocument } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { allReady } from '../../../test/folders.ts';
import { initKeyDocuments } from '../init.ts';
import { openKeyStore } from './key-store.ts';
import { signingRotation } from './rotations.ts';

const now = () => new Date();

/** The algorithms that the issuer signs with and that product verifies, in the order of the keys. */
async function algorithmsIn(dir: string) {
  const [user, product] = [await readDocument(dir, 'user'), await readDocument(dir, 'product')];
  return {
    signing: user.signing?.map(({ alg, state }) => `${alg} ${state}`),
    published: product.issuer.jwks?.keys.map(({ alg }) => alg),
  };
}

async function step(dir: string, alg?: 'RS256' | 'ES256') {
  const store = openKeyStore(dir, { now });
  // Nothing is written that would not load.
  await store.write((await signingRotation(store, alg).plan(await store.read(), allReady)).writes, 'this test');
  return algorithmsIn(dir);
}

describe('the algorithm of access tokens', () => {
  it('is RS256 unless init is told otherwise', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, now });
      expect(await algorithmsIn(dir)).toEqual({ signing: ['RS256 active'], published: ['RS256'] });
    }));

  it('is changed by a rotation, in which verifiers hold keys of both, and is kept by the next one', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, now });
      const both = ['RS256', 'ES256'];
      expect(await step(dir, 'ES256')).toEqual({ signing: ['RS256 active', 'ES256 pending'], published: both });
      expect(await step(dir, 'ES256')).toEqual({ signing: ['RS256 retiring', 'ES256 active'], published: both });
      expect(await step(dir, 'ES256')).toEqual({ signing: ['ES256 active'], published: ['ES256'] });
      expect((await step(dir)).signing).toEqual(['ES256 active', 'ES256 pending']);
    }));

  it('is ES256 where init is told so, and stays what it is where there is a key', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, now, alg: 'ES256' });
      await initKeyDocuments({ dir, now, alg: 'RS256' });
      expect(await algorithmsIn(dir)).toEqual({ signing: ['ES256 active'], published: ['ES256'] });
    }));
});
