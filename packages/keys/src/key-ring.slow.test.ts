import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateEdgeKey } from '@auth/ops/keys/generate';
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
async function watching(file: string) {
  let time = 1000;
  let monotonic = 50;
  const refusals: KeyDocumentError[] = [];
  let reloads = 0;
  let wake = () => {};
  const ring = await openKeyRing({
    service: 'order',
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

const accepted = (ring: { current(): { accepts: ReadonlyMap<string, unknown> } }) => [...ring.current().accepts.keys()];

describe('openKeyRing', () => {
  it('loads a document that is written in place', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(order));
      const { ring, reloaded } = await watching(file);
      await writeFile(file, textOf(withKey(order, 'billing.order.2')));
      await reloaded(1);
      expect(accepted(ring)).toEqual(['billing.order.1', 'billing.order.2']);
      ring.close();
    }));

  it('loads a document that replaces the old one by a rename', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(order));
      const { ring, reloaded } = await watching(file);
      await writeFile(join(dir, 'new'), textOf(withKey(order, 'billing.order.2')));
      await rename(join(dir, 'new'), file);
      await reloaded(1);
      expect(accepted(ring)).toContain('billing.order.2');
      ring.close();
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

  it('keeps the last good document when the new one is broken, and reports the fault once', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(order));
      const { ring, refusals, refused, reloaded } = await watching(file);
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
      ring.close();
    }));

  it('keeps the last good document when the file is removed', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(order));
      const { ring, refusals, refused } = await watching(file);
      await rm(file);
      await refused(1);
      expect(refusals[0]?.message).toContain('does not exist');
      expect(accepted(ring)).toEqual(['billing.order.1']);
      ring.close();
    }));

  it('refuses a document with another issuer, since verifiers are built for the first one', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(order));
      const { ring, refusals, refused } = await watching(file);
      await put(file, textOf({ ...order, issuer: { ...order.issuer, iss: 'https://other.example' } }));
      await refused(1);
      expect(refusals[0]?.message).toContain('issuer.iss is another one now: restart the service to change it');
      expect(ring.current().issuer).toBe('https://auth.example');
      ring.close();
    }));

  it('drops a removed key at once, and keeps the start of each other key', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(withKey(order, 'billing.order.2')));
      const { ring, reloaded, setTime } = await watching(file);
      setTime(2000);
      await writeFile(file, textOf(withKey(order, 'billing.order.3')));
      await reloaded(1);
      expect(accepted(ring)).toEqual(['billing.order.1', 'billing.order.3']);
      expect(ring.inForce().filter(({ member }) => member === 'accepts.billing')).toEqual([
        { kid: 'billing.order.1', member: 'accepts.billing', state: 'retiring', since: 1000 },
        { kid: 'billing.order.3', member: 'accepts.billing', state: 'pending', since: 2000 },
      ]);
      ring.close();
    }));

  it.each([
    ['forward', 9000],
    ['back', -9000],
  ])('counts how long a key has been in force by a monotonic clock, also when the clock is set %s', (_case, step) =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(order));
      const { ring, setTime, pass } = await watching(file);
      setTime(1000 + step);
      pass(7);
      expect(new Set(ring.held().map(({ heldSeconds }) => heldSeconds))).toEqual(new Set([7]));
      ring.close();
    }),
  );

  it('reports whether a changed document reaches it, was refused, or cannot be looked at', () =>
    inFolder(async (dir) => {
      const { order } = await goodDocuments();
      const file = join(dir, 'order.json');
      await writeFile(file, textOf(order));
      const { ring, refused, reloaded, pass } = await watching(file);
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

  it('watches no file when the document is a text', async () => {
    const { order } = await goodDocuments();
    const ring = await openKeyRing({
      service: 'order',
      source: { text: textOf(order), production: false },
      now: () => 1000,
      onReloaded: () => {},
      onRefused: () => {},
    });
    expect(ring.inForce().map(({ member, kid }) => `${member} ${kid}`)).toContain('calls.product order.product.1');
    expect(ring.delivery()).toBe('text');
    ring.close();
  });
});
