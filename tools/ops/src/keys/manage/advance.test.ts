import { inFolder } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import { allReady, completeFolder, edgeIn, openTestKeys, signingIn } from '../../../test/folders.ts';
import { type Advance, advance, advanceToEnd } from './advance.ts';
import { documentOf } from './folder.ts';
import { createGate, type Gate } from './gate.ts';
import { type KeyStore, openKeyStore } from './key-store.ts';
import { allRotations, edgeRotation, signingRotation } from './rotations.ts';

const edge = { caller: 'order', callee: 'product' };
const noneReady: Gate = { ...allReady, blockers: (service) => [`${service} is not ready`] };

function inStore(run: (store: KeyStore) => Promise<void>) {
  return inFolder(async (dir) => {
    const store = openKeyStore(dir, { now: () => new Date() });
    await store.write([...completeFolder(openTestKeys()).values()], 'keys init');
    await run(store);
  });
}

const optionsFor = (store: KeyStore, gate: Gate) => ({
  store,
  askGate: async () => gate,
  by: 'keys test',
  force: false,
});

describe('advance', () => {
  it('refuses a step when a replica is not ready, names the replica, and writes nothing', () =>
    inStore(async (store) => {
      const rotation = edgeRotation(store, edge);
      await advance(rotation, optionsFor(store, noneReady));
      const before = await store.read();
      expect(await advance(rotation, optionsFor(store, noneReady))).toMatchObject({
        outcome: 'refused',
        did: undefined,
        blockers: ['product is not ready'],
        next: 'when all are ready: order signs with order.product.3 from now on',
      });
      expect(await store.read()).toEqual(before);
    }));

  it('refuses to publish a key for EdDSA while a replica does not accept that, in the same words each time', () =>
    inStore(async (store) => {
      const report = { now: 1, keys: [], accessTokenAlgorithms: ['RS256', 'EdDSA'] };
      const replicas = [...(await store.read()).keys()].map((service) => ({
        service,
        url: 'a',
        report: service === 'order' ? { now: 1, keys: [] } : report,
      }));
      const before = await store.read();
      for (let attempt = 0; attempt < 2; attempt += 1) {
        expect(await advance(signingRotation(store, 'EdDSA'), optionsFor(store, createGate(replicas)))).toEqual({
          rotation: 'signing',
          outcome: 'refused',
          did: undefined,
          blockers: ['order at a does not accept EdDSA: update it to this release first'],
          next: 'when all are ready: a new key is published in every document',
        });
      }
      expect(await store.read()).toEqual(before);
    }));

  it('takes a forced step, and reports which replica was not ready', () =>
    inStore(async (store) => {
      const rotation = edgeRotation(store, edge);
      await advance(rotation, optionsFor(store, noneReady));
      const forced = await advance(rotation, { ...optionsFor(store, noneReady), force: true });
      expect(forced).toMatchObject({ outcome: 'step', blockers: ['product is not ready'] });
      expect(edgeIn(await store.read(), edge).caller).toContain('order.product.3 active');
    }));

  it('reports what must be repaired first, also when forced', () =>
    inStore(async (store) => {
      await store.write([{ ...documentOf(await store.read(), 'product'), accepts: {} }], 'keys test');
      const stuck = await advance(edgeRotation(store, edge), { ...optionsFor(store, allReady), force: true });
      expect(stuck).toMatchObject({ outcome: 'stuck', blockers: [expect.stringContaining('at one end only')] });
    }));

  it('takes only last steps of rotations that are under way with onlyLast', () =>
    inStore(async (store) => {
      const rotation = edgeRotation(store, edge);
      const options = optionsFor(store, allReady);
      const last = () => advance(rotation, { ...options, onlyLast: true });
      const outcomes: string[] = [];
      for (const turn of ['rest', 'published', 'switched']) {
        outcomes.push(`${turn} ${(await last()).outcome}`);
        if (turn !== 'switched') await advance(rotation, options);
      }
      expect(outcomes).toEqual(['rest idle', 'published idle', 'switched step']);
      expect(edgeIn(await store.read(), edge).caller).toEqual(['order.product.3 active']);
    }));

  it('completes a removal that was interrupted after its first document, with onlyLast as well', () =>
    inStore(async (store) => {
      const rotation = signingRotation(store);
      for (const _ of ['publish', 'switch']) await advance(rotation, optionsFor(store, allReady));
      const [issuer] = (await rotation.plan(await store.read(), allReady)).writes;
      await store.write(issuer === undefined ? [] : [issuer], 'keys test');
      const { outcome } = await advance(rotation, { ...optionsFor(store, allReady), onlyLast: true });
      const { issuer: kids, verifiers } = signingIn(await store.read());
      expect([outcome, kids?.length, verifiers['order']?.length]).toEqual(['step', 1, 1]);
    }));
});

describe('advanceToEnd', () => {
  it('takes every rotation to its end when every replica is ready', () =>
    inStore(async (store) => {
      const told: Advance[] = [];
      const rotations = allRotations(store, await store.read());
      const options = { ...optionsFor(store, allReady), pollMs: 1, notify: (done: Advance) => told.push(done) };
      expect((await advanceToEnd(rotations, options)).map(({ outcome }) => outcome)).toEqual(
        rotations.map(() => 'step'),
      );
      expect(told).toHaveLength(3 * rotations.length);
      expect(edgeIn(await store.read(), edge).caller).toEqual(['order.product.3 active']);
    }));

  it('waits for replicas that are not ready, reports the wait once, and goes on', () =>
    inStore(async (store) => {
      const told: string[] = [];
      let looks = 0;
      const askGate = async () => (++looks < 5 ? noneReady : allReady);
      const options = { ...optionsFor(store, allReady), askGate, pollMs: 1 };
      const notify = ({ outcome }: Advance) => told.push(outcome);
      await advanceToEnd([edgeRotation(store, edge)], { ...options, notify });
      expect(told).toEqual(['step', 'refused', 'step', 'step']);
    }));

  it('does not wait for services without known replicas, nor for documents that must be repaired', () =>
    inStore(async (store) => {
      await store.write([{ ...documentOf(await store.read(), 'user'), accepts: {} }], 'keys test');
      const rotations = [edgeRotation(store, edge), edgeRotation(store, { caller: 'order', callee: 'user' })];
      const options = { ...optionsFor(store, createGate([])), pollMs: 1, notify: () => undefined };
      expect((await advanceToEnd(rotations, options)).map(({ outcome }) => outcome)).toEqual(['refused', 'stuck']);
    }));
});
