import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apps } from '@auth/contracts';
import type { KeyDocument } from '@auth/keys/key-document';
import { KeyDocumentError } from '@auth/keys/key-document-error';
import { inFolder, readDocument, secretsOf } from '@auth/testkit/key-documents';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { initKeyDocuments } from './init.ts';

const issuer = 'http://localhost:4001';

let complete: string;
beforeAll(async () => {
  complete = await mkdtemp(join(tmpdir(), 'keys-complete-'));
  await initKeyDocuments({ dir: complete, issuer });
});
afterAll(() => rm(complete, { recursive: true }));

/** Runs with a folder that has every document. */
function inCompleteFolder(run: (dir: string) => Promise<void>): Promise<void> {
  return inFolder(async (dir) => {
    await cp(complete, dir, { recursive: true });
    await run(dir);
  });
}

/** Returns the keys that a service verifies access tokens with. */
function kidsOf({ issuer: { jwks } }: KeyDocument): string[] | undefined {
  return jwks?.keys.map(({ kid }) => kid);
}

/** Reads the text of every file of a folder. */
async function contentOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name), 'utf8')])),
  );
}

describe('initKeyDocuments, run again', () => {
  it('keeps the present issuer when none is given', () =>
    inCompleteFolder(async (dir) => {
      const before = await contentOf(dir);
      expect(await initKeyDocuments({ dir })).toMatchObject({ created: [], updated: [] });
      expect(await contentOf(dir)).toEqual(before);
    }));

  it('refuses a folder that other users may write to', () =>
    inCompleteFolder(async (dir) => {
      await chmod(dir, 0o777);
      await expect(initKeyDocuments({ dir, issuer })).rejects.toThrow('make it writable for you only');
    }));

  it('changes no file when nothing is missing', () =>
    inCompleteFolder(async (dir) => {
      const before = await contentOf(dir);
      expect(await initKeyDocuments({ dir, issuer })).toMatchObject({ created: [], updated: [] });
      expect(await contentOf(dir)).toEqual(before);
    }));

  it('keeps every key when the issuer changes', () =>
    inCompleteFolder(async (dir) => {
      const before = await contentOf(dir);
      const { created, updated } = await initKeyDocuments({ dir, issuer: 'https://auth.example' });
      expect([created, [...updated].sort()]).toEqual([[], [...apps].sort()]);
      const replaced = Object.entries(before).map(([name, text]) => [
        name,
        text.replace(issuer, 'https://auth.example'),
      ]);
      expect(await contentOf(dir)).toEqual(Object.fromEntries(replaced));
    }));

  it.each(apps)('completes a run that was interrupted before %s, with the same secrets', (service) =>
    inCompleteFolder(async (dir) => {
      const before = await readDocument(dir, service);
      await rm(join(dir, `${service}.json`));
      expect((await initKeyDocuments({ dir, issuer })).created).toEqual([service]);
      const after = await readDocument(dir, service);
      expect([after.calls, after.accepts]).toEqual([before.calls, before.accepts]);
      const user = await readDocument(dir, 'user');
      expect(kidsOf(await readDocument(dir, 'product'))).toEqual(user.signing?.map(({ kid }) => kid));
    }),
  );

  it('keeps the keys that an operator has added', () =>
    inCompleteFolder(async (dir) => {
      const order = await readDocument(dir, 'order');
      const auditKey = Buffer.from([...Array(32).keys()]).toString('base64url');
      await writeFile(join(dir, 'order.json'), JSON.stringify({ ...order, auditKey }));
      await initKeyDocuments({ dir, issuer: 'https://auth.example' });
      expect(await readDocument(dir, 'order')).toMatchObject({ auditKey, calls: order.calls });
    }));

  it.each([
    ['cut short', (text: string) => text.slice(0, 300)],
    ['empty', () => ''],
    ["another service's", (text: string) => text.replace('"service": "product"', '"service": "order"')],
    ['holding a short secret', (text: string) => text.replace(/"secret": "[^"]+"/, '"secret": "c2hvcnQ"')],
    ['holding an unknown member', (text: string) => text.replace('{', '{"note":"x",')],
  ])('refuses a document that is %s, and touches nothing', (_case, breakIt) =>
    inCompleteFolder(async (dir) => {
      const text = await readFile(join(dir, 'product.json'), 'utf8');
      await writeFile(join(dir, 'product.json'), breakIt(text));
      await rm(join(dir, 'order.json'));
      const before = await contentOf(dir);
      const error = await initKeyDocuments({ dir, issuer: 'https://auth.example' }).catch((reason: unknown) => reason);
      if (!(error instanceof KeyDocumentError)) throw error;
      expect(error.message).toContain(join(dir, 'product.json'));
      for (const secret of secretsOf(text)) expect(error.message).not.toContain(secret);
      expect(await contentOf(dir)).toEqual(before);
    }),
  );

  it('keeps the mode of a document that it does not change', () =>
    inCompleteFolder(async (dir) => {
      await chmod(join(dir, 'user.json'), 0o400);
      await initKeyDocuments({ dir, issuer });
      expect((await stat(join(dir, 'user.json'))).mode & 0o777).toBe(0o400);
    }));
});
