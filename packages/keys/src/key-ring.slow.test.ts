import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateEdgeKey, generateSigningKey } from '@auth/ops/keys/generate';
import { goodDocuments, inFolder, secretsOf } from '@auth/testkit/key-documents';
import { describe, expect, it } from '@jest/globals';
import type { KeyDocument } from './key-document.ts';
import type { KeyDocumentError } from './key-document-error.ts';
import { openKeyRing } from './key-ring.ts';

const textOf = (document: KeyDocument) => JSON.stringify(document);

/** Adds a key for calls from billing to a document. */
function withKey(document: KeyDocument, kid: string): KeyDocument {
  const { billing = [] } = document.accepts;
  return { ...document, accepts: { billing: [...billing, generateEdgeKey(kid, 'pending')] } };
}

/** Replaces a file in one step: a file that is written in place may be read half written, and refused. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** Opens a ring, and waits for its callbacks. */
async function watching(file: string, service = 'order') {
  let time = 1000;
  let monotonic = 50;
  const refusals: KeyDocumentError[] = [];
  let reloads = 0;
  let wake = () => {};
  const ring = await openKeyRing({
    service,
    source: { file, production: false },
    now: () => time,
    monotonicMs: () => monotonic * 1000,
    pollMs: 10,
    onReloaded() {
      reloads += 1;
      wake();
    },
    onRefused(error) {
      refusals.push(error);
      wake();
    },
  });
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return {
    ring,
    refusals,
    setTime: (seconds: number) => (time = seconds),
    pass: (seconds: number) => (monotonic += seconds),
    reloaded: (count: number) => until(() => reloads >= count),
    refused: (count: number) => until(() => refusals.length >= count),
  };
}

type Watched = Awaited<ReturnType<typeof watching>> & { readonly file: string; readonly order: KeyDocument };

/** Runs with a ring that watches a document of order, which `change` may change before. */
function inRing(run: (watched: Watched) => Promise<void>, change = (order: KeyDocument) => order) {
  return inFolder(async (dir) => {
    const { order } = await goodDocuments();
    const file = join(dir, 'order.json');
    await writeFile(file, textOf(change(order)));
    const watched = await watching(file);
    await run({ ...watched, file, order });
    watched.ring.close();
  });
}

const accepted = (ring: { current(): { accepts: ReadonlyMap<string, unknown> } }) => [...ring.current().accepts.keys()];

describe('openKeyRing', () => {
  it('loads a document that is written in place', () =>
    inRing(async ({ ring, reloaded, file, order }) => {
      await writeFile(file, textOf(withKey(order, 'billing.order.2')));
      await reloaded(1);
      expect(accepted(ring)).toEqual(['billing.order.1', 'billing.order.2']);
    }));

  it('loads a document that replaces the old one by a rename', () =>
    inRing(async ({ ring, reloaded, file, order }) => {
      await writeFile(`${file}.new`, textOf(withKey(order, 'billing.order.2')));
      await rename(`${file}.new`, file);
      await reloaded(1);
      expect(accepted(ring)).toContain('billing.order.2');
    }));

  it('loads a mounted secret whose link is swapped, as Kubernetes does it', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      for (const [version, document] of Object.entries({ v1: order, v2: withKey(order, 'billing.order.2') })) {
        await mkdir(join(dir, version));
        await writeFile(join(dir, version, 'keys.json'), textOf(document));
      }
      await symlink('v1', join(dir, '..data'));
      await symlink('..data/keys.json', join(dir, 'keys.json'));
      const { ring, reloaded } = await watching(join(dir, 'keys.json'));
      await symlink('v2', join(dir, '..data_tmp'));
      await rename(join(dir, '..data_tmp'), join(dir, '..data'));
      await rm(join(dir, 'v1'), { recursive: true });
      await reloaded(1);
      expect(accepted(ring)).toContain('billing.order.2');
      ring.close();
    }));

  it('loads a document of the version before, with the states next and retired, while it runs', () =>
    inFolder(async (dir) => {
      const { user } = await goodDocuments();
      const file = join(dir, 'user.json');
      await writeFile(file, textOf(user));
      const { ring, reloaded } = await watching(file, 'user');
      const fresh = { ...(await generateSigningKey('active')), state: 'next' };
      await put(file, JSON.stringify({ ...user, signing: [...(user.signing ?? []), fresh] }));
      await reloaded(1);
      expect(ring.inForce()).toContainEqual({ kid: fresh.kid, member: 'signing', state: 'pending', since: 1000 });
      ring.close();
    }));

  it('keeps the last good document when the new one is broken, and reports the fault once', () =>
    inRing(async ({ ring, refusals, refused, reloaded, file, order }) => {
      const broken = textOf(order).replace('"active"', '"live"');
      await put(file, broken);
      await refused(1);
      expect(refusals[0]?.message).toBe(
        `key document ${file}: calls.product[0].state must be pending, active or retiring`,
      );
      for (const secret of secretsOf(broken)) expect(String(refusals[0]?.stack)).not.toContain(secret);
      expect(accepted(ring)).toEqual(['billing.order.1']);

      await put(file, textOf(withKey(order, 'billing.order.2')));
      await reloaded(1);
      expect(accepted(ring)).toContain('billing.order.2');
      expect(refusals).toHaveLength(1);
    }));

  it('keeps the last good document when the file is removed', () =>
    inRing(async ({ ring, refusals, refused, file }) => {
      await rm(file);
      await refused(1);
      expect(refusals[0]?.message).toContain('does not exist');
      expect(accepted(ring)).toEqual(['billing.order.1']);
    }));

  it('refuses a document with another issuer, since verifiers are built for the first one', () =>
    inRing(async ({ ring, refusals, refused, file, order }) => {
      await put(file, textOf({ ...order, issuer: { ...order.issuer, iss: 'https://other.example' } }));
      await refused(1);
      expect(refusals[0]?.message).toContain('issuer.iss is another one now: restart the service to change it');
      expect(ring.current().issuer).toBe('https://auth.example');
    }));

  it('drops a removed key at once, and keeps the start of each other key', () =>
    inRing(
      async ({ ring, reloaded, setTime, file, order }) => {
        setTime(2000);
        await writeFile(file, textOf(withKey(order, 'billing.order.3')));
        await reloaded(1);
        expect(accepted(ring)).toEqual(['billing.order.1', 'billing.order.3']);
        expect(ring.inForce().filter(({ member }) => member === 'accepts.billing')).toEqual([
          { kid: 'billing.order.1', member: 'accepts.billing', state: 'retiring', since: 1000 },
          { kid: 'billing.order.3', member: 'accepts.billing', state: 'pending', since: 2000 },
        ]);
      },
      (order) => withKey(order, 'billing.order.2'),
    ));

  it.each([
    ['forward', 9000],
    ['back', -9000],
  ])('counts how long a key has been in force by a monotonic clock, also when the clock is set %s', (_case, step) =>
    inRing(async ({ ring, setTime, pass }) => {
      setTime(1000 + step);
      pass(7);
      expect(new Set(ring.held().map(({ heldSeconds }) => heldSeconds))).toEqual(new Set([7]));
    }),
  );

  it('reports whether a changed document reaches it, was refused, or cannot be looked at', () =>
    inRing(async ({ ring, refused, reloaded, pass, file, order }) => {
      expect(ring.delivery()).toBe('watched');
      await put(file, '{}');
      await refused(1);
      expect(ring.delivery()).toBe('refused');
      await put(file, textOf(order));
      await reloaded(1);
      expect(ring.delivery()).toBe('watched');
      ring.close();
      // A closed ring looks no more, as one whose file system hangs.
      pass(11);
      expect(ring.delivery()).toBe('unreachable');
    }));

  it('does not open without a valid document', () =>
    inFolder(async (dir) => {
      await expect(watching(join(dir, 'order.json'))).rejects.toThrow('does not exist');
    }));
});
