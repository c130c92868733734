import { access, chown, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { apps } from '@auth/contracts';
import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { documentFile, servicesIn } from './document-place.ts';
import { initKeyDocuments } from './init.ts';
import { openKeyStore } from './manage/key-store.ts';

const issuer = 'https://auth.example';
const open = (dir: string) => openKeyStore(dir, { now: () => new Date() });
const onlyRoot = getuid?.() === 0 ? it : it.skip;

describe('a folder of key documents with a folder for each service', () => {
  it('is made by init, and works with every command', () =>
    inFolder(async (dir) => {
      const { files } = await initKeyDocuments({ dir, issuer, folders: true });
      expect(files.order).toBe(join(dir, 'order', 'keys.json'));
      expect((await readdir(dir)).sort()).toEqual(['history.jsonl', ...apps].sort());
      expect((await stat(join(dir, 'order'))).mode & 0o777).toBe(0o700);
      expect(await servicesIn(dir)).toEqual([...apps].sort());
      const store = open(dir);
      const [order] = [(await store.read()).get('order')];
      if (order === undefined) throw new Error('no document');
      await store.write([{ ...order, auditKey: undefined }], 'test');
      expect(await readdir(join(dir, 'order'))).toEqual(['keys.json']);
      // A service that is added later has a folder as well.
      expect(store.fileOf('shipping')).toBe(join(dir, 'shipping', 'keys.json'));
    }));

  it('is made from flat documents, with the same keys', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, issuer });
      const before = await open(dir).read();
      expect(documentFile(dir, 'user')).toBe(join(dir, 'user.json'));
      expect((await initKeyDocuments({ dir, folders: true })).created).toEqual([]);
      expect(await open(dir).read()).toEqual(before);
      await expect(access(join(dir, 'user.json'))).rejects.toThrow();
      // Again, without the option.
      expect(await initKeyDocuments({ dir })).toMatchObject({ created: [], updated: [] });
    }));

  it('removes the temporary files of a command that was killed while it wrote', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, issuer, folders: true });
      await writeFile(join(dir, 'order', '.order.x.tmp'), '{');
      await initKeyDocuments({ dir });
      expect(await readdir(join(dir, 'order'))).toEqual(['keys.json']);
    }));

  onlyRoot('leaves a document that root writes to the user that had it before, or has its folder', () =>
    inFolder(async (dir) => {
      await initKeyDocuments({ dir, issuer, folders: true });
      await chown(join(dir, 'order', 'keys.json'), 1000, 1000);
      const store = open(dir);
      const order = (await store.read()).get('order');
      if (order === undefined) throw new Error('no document');
      await store.write([{ ...order, auditKey: undefined }], 'test');
      await chown(join(dir, 'product'), 1001, 1001);
      await rm(store.fileOf('product'));
      await initKeyDocuments({ dir });
      const owners = await Promise.all(['order', 'product'].map(async (name) => (await stat(store.fileOf(name))).uid));
      expect(owners).toEqual([1000, 1001]);
    }),
  );
});
