import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edges } from '@auth/contracts';
import { inFolder, readDocument, secretsOf } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { allReady, completeFolder, openTestKeys, quickSigningKey } from '../../../test/folders.ts';
import { allowEdge, forbidEdge } from './edges.ts';
import { documentOf } from './folder.ts';
import { readHistory } from './history.ts';
import { openKeyStore } from './key-store.ts';
import { statusOf } from './status.ts';

const edge = { caller: 'order', callee: 'product' };

/** Runs with a store that has every document, and a clock that only `pass` moves. */
function inStore(
  run: (parts: { dir: string; store: ReturnType<typeof openKeyStore>; pass(seconds: number): void }) => Promise<void>,
  issuer?: string,
) {
  return inFolder(async (dir) => {
    let time = Date.parse('2026-01-01T00:00:00Z');
    const store = openKeyStore(dir, { now: () => new Date(time) });
    await store.write([...completeFolder(openTestKeys(), issuer).values()], 'keys init');
    await run({ dir, store, pass: (seconds) => (time += seconds * 1000) });
  });
}

describe('a key store', () => {
  it('writes documents in the given order, one document twice, and each change once to the history', () =>
    inStore(async ({ dir, store }) => {
      const before = (await readHistory(dir)).length;
      const product = documentOf(await store.read(), 'product');
      const { order: _removed, ...accepts } = product.accepts;
      const changed = await store.write([{ ...product, accepts }, product], 'keys test');
      expect(changed).toEqual(['product']);
      expect((await readHistory(dir)).slice(before).map(({ state }) => state)).toEqual(['gone', 'active']);
      expect(await readDocument(dir, 'product')).toEqual(product);
    }));

  it('writes no document that is the same', () =>
    inStore(async ({ dir, store }) => {
      const before = await readFile(join(dir, 'history.jsonl'), 'utf8');
      expect(await store.write([...(await store.read()).values()], 'keys test')).toEqual([]);
      expect(await readFile(join(dir, 'history.jsonl'), 'utf8')).toBe(before);
    }));

  it('writes nothing when one of the documents would not load', () =>
    inStore(async ({ dir, store }) => {
      const folder = await store.read();
      const [user, product] = [documentOf(folder, 'user'), documentOf(folder, 'product')];
      const broken = { ...user, auditKey: 'short' };
      await expect(store.write([{ ...product, accepts: {} }, broken], 'keys test')).rejects.toThrow('auditKey');
      expect(await store.read()).toEqual(folder);
      expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
    }));

  it('reads a document of the version before, and writes the words of this one when it changes the document', () =>
    inStore(async ({ dir, store }) => {
      const file = join(dir, 'user.json');
      const user = documentOf(await store.read(), 'user');
      const signing = [...(user.signing ?? []), quickSigningKey('signing.9', 'retiring')];
      await writeFile(file, JSON.stringify({ ...user, signing }).replace('"retiring"', '"retired"'));
      const read = documentOf(await store.read(), 'user');
      expect(read.signing).toEqual(signing);
      expect(await store.write([read], 'keys test')).toEqual([]);
      expect(await store.write([{ ...read, accepts: {} }], 'keys test')).toEqual(['user']);
      expect(await readFile(file, 'utf8')).toContain('"state": "retiring"');
    }));

  it('never makes an id twice: not after a forbid, and not after the last line of the history was cut short', () =>
    inStore(async ({ dir, store }) => {
      expect((await store.kidMaker())(edge)).toBe('order.product.3');
      await store.write(
        allowEdge(await store.read(), { caller: 'user', callee: 'order' }, await store.kidMaker()),
        'a',
      );
      await store.write(forbidEdge(await store.read(), { caller: 'user', callee: 'order' }), 'b');
      expect((await store.kidMaker())({ caller: 'user', callee: 'order' })).toBe('user.order.2');
      await appendFile(join(dir, 'history.jsonl'), '{"at":"2026-01-01T00:0');
      await store.write(
        allowEdge(await store.read(), { caller: 'user', callee: 'order' }, await store.kidMaker()),
        'c',
      );
      await store.write(forbidEdge(await store.read(), { caller: 'user', callee: 'order' }), 'd');
      expect((await store.kidMaker())({ caller: 'user', callee: 'order' })).toBe('user.order.3');
    }));

  it.each([
    ['https://auth.example', /^order\.product\.3$/, /^[\w-]{43}$/, 'session.2'],
    ['http://127.0.0.1:4001', /^order\.product\.3\.dev$/, /^[\w-]{43}\.dev$/, 'session.2.dev'],
  ])('marks new keys by the issuer %s', (issuer, edgeKid, signingKid, sessionKid) =>
    inStore(async ({ store }) => {
      expect((await store.kidMaker())(edge)).toMatch(edgeKid);
      expect(await store.signingKey()).toMatchObject({ kid: expect.stringMatching(signingKid), state: 'pending' });
      expect(await store.sessionKey()).toMatchObject({ kid: sessionKid, state: 'pending' });
    }, issuer),
  );

  it('counts marked and unmarked ids together', () =>
    inStore(async ({ dir, store }) => {
      await appendFile(join(dir, 'history.jsonl'), `${line('order.product.41.dev')}\n${line('order.product.x')}\n`);
      expect((await store.kidMaker())(edge)).toBe('order.product.42');
    }));
});

const line = (kid: string) =>
  JSON.stringify({
    at: '2026-01-01T00:00:00Z',
    service: 'order',
    kid,
    member: 'calls.product',
    state: 'gone',
    by: 'x',
  });

describe('the history of a folder', () => {
  it('has time, document, id, state and command of each change, and no secret', () =>
    inStore(async ({ dir, store }) => {
      await store.write(forbidEdge(await store.read(), edge), 'keys forbid order product');
      const text = await readFile(join(dir, 'history.jsonl'), 'utf8');
      expect((await readHistory(dir)).slice(-2)).toEqual(
        [
          { service: 'product', member: 'accepts.order' },
          { service: 'order', member: 'calls.product' },
        ].map((where) => ({
          ...where,
          at: '2026-01-01T00:00:00.000Z',
          kid: 'order.product.2',
          state: 'gone',
          by: 'keys forbid order product',
        })),
      );
      for (const document of (await store.read()).values()) {
        for (const secret of secretsOf(JSON.stringify(document))) expect(text).not.toContain(secret);
      }
    }));

  it('that cannot be read is an error, since ids would be made again', () =>
    inFolder(async (dir) => {
      await writeFile(join(dir, 'x'), '');
      await expect(readHistory(join(dir, 'x'))).rejects.toThrow('cannot be read (ENOTDIR)');
      expect(await readHistory(dir)).toEqual([]);
    }));
});

describe('statusOf', () => {
  it('returns place, age and replicas of each key, and the next step of each rotation', () =>
    inStore(async ({ store, pass }) => {
      pass(90_061);
      const { keys, next } = await statusOf(store, allReady, () => new Date('2026-01-02T01:01:01Z'));
      expect(keys).toContainEqual({
        service: 'order',
        member: 'calls.product',
        kid: 'order.product.2',
        state: 'active',
        ageSeconds: 90_061,
        loaded: 1,
        asked: 1,
      });
      expect(next.map(({ rotation, state }) => `${rotation}: ${state}`).sort()).toEqual([
        ...edges()
          .map(({ caller, callee }) => `edge ${caller} ${callee}: rest`)
          .sort(),
        'sessions: rest',
        'signing: rest',
      ]);
    }));

  it('reports an edge that must be repaired, with the repair, and the other rotations', () =>
    inStore(async ({ store }) => {
      const product = documentOf(await store.read(), 'product');
      const { order: _removed, ...accepts } = product.accepts;
      await store.write([{ ...product, accepts }], 'keys test');
      const { next } = await statusOf(store, allReady, () => new Date());
      expect(next.filter(({ state }) => state === 'stuck')).toMatchObject([
        { rotation: 'edge order product', blockers: [expect.stringContaining('at one end only')] },
      ]);
      expect(next.filter(({ state }) => state === 'rest')).toHaveLength(next.length - 1);
    }));
});
