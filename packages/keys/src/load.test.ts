import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initKeyDocuments } from '@auth/ops/keys/init';
import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { loadServiceKeys } from './load.ts';
import { signingOf } from './signing-key.ts';

const issuer = 'http://localhost:4001';

describe('loadServiceKeys', () => {
  it('loads the document of a service from its file and from its text', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer });
      const fromFile = await loadServiceKeys('order', { file: files.order, production: false });
      const fromText = await loadServiceKeys('order', { text: await readFile(files.order, 'utf8'), production: false });
      expect([...fromFile.calls.keys()].sort()).toEqual(['product', 'user']);
      expect([...fromText.calls.values()].map(({ kid }) => kid)).toEqual(
        [...fromFile.calls.values()].map(({ kid }) => kid),
      );
    }));

  it('reads a document that an editor saved with a byte order mark and other line ends', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer });
      const saved = `\uFEFF${(await readFile(files.order, 'utf8')).replaceAll('\n', '\r\n')}`;
      await writeFile(files.order, saved);
      const fromFile = await loadServiceKeys('order', { file: files.order, production: false });
      const fromText = await loadServiceKeys('order', { text: saved, production: false });
      expect([fromFile.calls.size, fromText.calls.size]).toEqual([2, 2]);
    }));

  it("rejects another service's document", () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer });
      await expect(loadServiceKeys('product', { file: files.order, production: false })).rejects.toThrow(
        `key document ${files.order}: service is not product: this is another service's document`,
      );
    }));

  it.each([
    ['is not there', 'missing.json', 'does not exist: set AUTH_KEYS_FILE to yours, or make one with: pnpm keys init'],
    ['is a folder', '.', 'cannot be read (EISDIR)'],
    ['is behind a file', 'file/x.json', 'cannot be read (ENOTDIR)'],
  ])('names the file and the repair when it %s', (_case, name, problem) =>
    inFolder(async (dir) => {
      await writeFile(join(dir, 'file'), '');
      await expect(loadServiceKeys('order', { file: join(dir, name), production: false })).rejects.toMatchObject({
        name: 'KeyDocumentError',
        message: `key document ${join(dir, name)}: ${problem}`,
        exitCode: 78,
      });
    }),
  );

  it('names the setting when its text is not valid', async () => {
    await expect(loadServiceKeys('order', { text: '{"secret":"hunter2', production: false })).rejects.toThrow(
      'key document AUTH_KEYS: the document is not valid JSON',
    );
  });
});

describe('signingOf', () => {
  it('returns the signing keys of the issuer, and throws for any other service', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer });
      const keys = await loadServiceKeys('user', { file: files.user, production: false });
      expect(signingOf(keys).active.alg).toBe('RS256');
      const other = await loadServiceKeys('order', { file: files.order, production: false });
      expect(() => signingOf(other)).toThrow('order signs no access tokens');
    }));
});
