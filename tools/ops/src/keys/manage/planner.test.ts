import { describe, expect, it } from '@jest/globals';
import { stepsOf } from '../../../test/commands.ts';
import { completeFolder, openTestKeys } from '../../../test/folders.ts';
import { type Folder, withDocuments } from './folder.ts';
import { edgeRotation, rotationWith, sessionRotation, signingRotation } from './rotations.ts';

const keys = openTestKeys();
const rest = completeFolder(keys);

/** The states of the keys in a member of a document, by id. */
function statesIn(folder: Folder, kind: string): Readonly<Record<string, string>> {
  const { signing, sessionKeys, calls } = folder.get({ signing: 'user', sessions: 'gateway' }[kind] ?? 'order') ?? {};
  const held = { signing, sessions: sessionKeys }[kind] ?? calls?.['product'] ?? [];
  return Object.fromEntries(held.map(({ kid, state }) => [kid, state]));
}

const kinds = [
  ['signing', signingRotation(keys), 'signing.1'],
  ['sessions', sessionRotation(keys), 'session.1'],
  ['edge order product', edgeRotation(keys, { caller: 'order', callee: 'product' }), 'order.product.2'],
] as const;

describe.each(kinds)('planRotation of %s', (kind, rotation, first) => {
  it('publishes, switches, removes the old key, and is complete', async () => {
    const steps = await stepsOf(rotation, rest);
    const fresh = Object.keys(statesIn(steps[2].folder, kind))[0] ?? '';
    expect(steps.map(({ folder }) => statesIn(folder, kind))).toEqual([
      { [first]: 'active', [fresh]: 'pending' },
      { [first]: 'retiring', [fresh]: 'active' },
      { [fresh]: 'active' },
    ]);
    expect([rest, ...steps.map(({ folder }) => folder)].map(rotation.isUnderWay)).toEqual([false, true, true, false]);
    expect(steps.map(({ step }) => step.last)).toEqual([false, false, true]);
    expect(rotation.name).toBe(kind);
  });

  it('needs no report of a replica to publish, and one for each other step', async () => {
    const [published, switched, removed] = await stepsOf(rotation, rest);
    expect(published.step.needs).toEqual([]);
    expect(switched.step.needs.length).toBeGreaterThan(0);
    expect(removed.step.needs).toMatchObject([{ state: 'active', forSeconds: expect.any(Number) }]);
  });

  it('completes a step that was interrupted, without needs, before the next one', async () => {
    const steps = await stepsOf(rotation, rest);
    const before = [rest, ...steps.map(({ folder }) => folder)];
    for (const [index, { step, folder }] of steps.entries()) {
      if (step.writes.length < 2) continue;
      const interrupted = withDocuments(before[index] ?? rest, step.writes.slice(0, 1));
      const completion = await rotation.plan(interrupted, { setting: () => undefined });
      expect(completion).toMatchObject({ did: expect.stringContaining('which was interrupted'), needs: [] });
      expect(completion.last).toBe(step.last);
      expect(Object.fromEntries(withDocuments(interrupted, completion.writes))).toEqual(Object.fromEntries(folder));
    }
  });
});

describe.each(kinds)('planRevocation of %s', (kind, rotation, first) => {
  /** The folder without a key, and its successor. */
  async function without(folder: Folder, kid: string) {
    const { changes, successor } = await rotation.revoke(folder, kid);
    const after = withDocuments(
      folder,
      changes.flatMap(({ writes }) => writes),
    );
    expect(JSON.stringify([...after])).not.toContain(`"${kid}"`);
    expect(rotation.isUnderWay(after)).toBe(false);
    return { after, successor };
  }
  const pendingIn = (folder: Folder) =>
    Object.entries(statesIn(folder, kind)).find(([, state]) => state === 'pending')?.[0] ?? '';

  it('makes a successor when the revoked key is the only one', async () => {
    const { after, successor = '' } = await without(rest, first);
    expect(statesIn(after, kind)).toEqual({ [successor]: 'active' });
  });

  it('switches to the pending key when the active one is revoked', async () => {
    const [{ folder }] = await stepsOf(rotation, rest);
    const { after, successor } = await without(folder, first);
    expect(successor).toBe(pendingIn(folder));
    expect(statesIn(after, kind)).toEqual({ [pendingIn(folder)]: 'active' });
  });

  it('removes a pending key, and the active one stays', async () => {
    const [{ folder }] = await stepsOf(rotation, rest);
    const { after, successor } = await without(folder, pendingIn(folder));
    expect([successor, statesIn(after, kind)]).toEqual([undefined, { [first]: 'active' }]);
  });

  it('removes a retiring key, and the active one stays', async () => {
    const [published, { folder }] = await stepsOf(rotation, rest);
    const { after, successor } = await without(folder, first);
    expect([successor, statesIn(after, kind)]).toEqual([undefined, { [pendingIn(published.folder)]: 'active' }]);
  });

  it('has the needs of the steps of a rotation, without their times', async () => {
    const [, switched, removed] = await stepsOf(rotation, rest);
    const { changes, successor } = await rotation.revoke(rest, first);
    const untimed = [switched, removed].map(({ step }) =>
      step.needs.map(({ forSeconds: _, ...need }) => ({ ...need, kid: successor })),
    );
    expect(changes.map(({ needs }) => needs)).toEqual([[], ...untimed]);
  });

  it('is never undone by a rotation after an interruption: the revoked key is not used again', async () => {
    const [published, switched] = await stepsOf(rotation, rest);
    const cases = [
      [rest, first],
      [published.folder, first],
      [published.folder, pendingIn(published.folder)],
      [switched.folder, first],
    ] as const;
    for (const [folder, kid] of cases) {
      const writes = (await rotation.revoke(folder, kid)).changes.flatMap((change) => change.writes);
      for (const count of writes.keys()) {
        let current = withDocuments(folder, writes.slice(0, count + 1));
        // The first documents only publish the successor: nothing is revoked yet.
        if (statesIn(current, kind)[kid] === statesIn(folder, kind)[kid]) continue;
        for (let round = 0; round < 3 && rotation.isUnderWay(current); round += 1) {
          current = withDocuments(current, (await rotation.plan(current, { setting: () => undefined })).writes);
          expect(['retiring', undefined]).toContain(statesIn(current, kind)[kid]);
        }
        expect(statesIn(current, kind)[kid]).toBeUndefined();
      }
    }
  });
});

describe('rotationWith', () => {
  it.each(kinds)('finds the rotation of a key: %s', (kind, _rotation, first) => {
    expect(rotationWith(keys, rest, first)?.name).toBe(kind);
  });

  it('finds none for a key that no document holds', () => {
    expect(rotationWith(keys, rest, 'order.product.99')).toBeUndefined();
  });
});
