import { describe, expect, it } from '@jest/globals';
import { forbid, planOf, revoke, stepsOf } from '../../../../test/commands.ts';
import { completeFolder, edgeIn, openTestKeys } from '../../../../test/folders.ts';
import { documentOf, withDocuments } from '../folder.ts';
import { edgeRotation } from '../rotations.ts';
import { edgesOf, withAccepts, withCalls } from './edge-ends.ts';

const edge = { caller: 'order', callee: 'product' };
const keys = openTestKeys();
const rotation = edgeRotation(keys, edge);
const rest = completeFolder(keys);
const kid = 'order.product.2';

describe('the rotation of an edge', () => {
  it('changes the keys at both ends: the callee first, and on removal the caller first', async () => {
    const [published, switched, removed] = await stepsOf(rotation, rest);
    const fresh = edgeIn(removed.folder, edge).caller[0]?.split(' ')[0];
    const both = (...names: string[]) => ({ caller: names, callee: names });
    expect([published, switched, removed].map(({ folder }) => edgeIn(folder, edge))).toEqual([
      both(`${kid} active`, `${fresh} pending`),
      both(`${kid} retiring`, `${fresh} active`),
      both(`${fresh} active`),
    ]);
    expect([published, switched, removed].map(({ step }) => step.writes.map(({ service }) => service))).toEqual([
      ['product', 'order'],
      ['product', 'order'],
      ['order', 'product'],
    ]);
  });

  it('changes no other edge', async () => {
    const other = { caller: 'order', callee: 'user' };
    for (const { folder } of await stepsOf(rotation, rest)) expect(edgeIn(folder, other)).toEqual(edgeIn(rest, other));
  });

  it('switches when every callee has the new key', async () => {
    const [, switched] = await stepsOf(rotation, rest);
    expect(switched.step.needs).toEqual([
      { service: 'product', kid: expect.stringMatching(/^order\.product\.\d+$/), member: 'accepts.order' },
    ]);
  });

  it('removes the old key when every caller has signed with the new one for the longest life of a token', async () => {
    const [, , removed] = await stepsOf(rotation, rest);
    expect(removed.step.needs).toMatchObject([
      { service: 'order', member: 'calls.product', state: 'active', forSeconds: 35 },
    ]);
  });

  it.each([
    ['without keys', 'product', 'user', 'product holds no key to call user'],
    ['without a document of the caller', 'billing', 'user', 'there is no billing.json'],
  ])('is refused for an edge %s', async (_case, caller, callee, message) => {
    await expect(planOf(edgeRotation(keys, { caller, callee }), rest)).rejects.toThrow(message);
  });

  it('is refused, with the repair, for an active key at one end and for a different secret at each end', async () => {
    const [order, product] = [documentOf(rest, 'order'), documentOf(rest, 'product')];
    const [key] = order.calls['product'] ?? [];
    if (key === undefined) throw new Error('no key');
    const allowed = withDocuments(rest, [withCalls(order, 'product', [])]);
    const forbidden = withDocuments(rest, [withAccepts(product, 'order', [])]);
    const differing = withDocuments(rest, [withCalls(order, 'product', [{ ...key, secret: 'y'.repeat(43) }])]);
    const message = 'at one end only: run the allow or forbid that was interrupted again';
    await expect(planOf(rotation, allowed)).rejects.toThrow(message);
    await expect(planOf(rotation, forbidden)).rejects.toThrow(message);
    await expect(planOf(rotation, differing)).rejects.toThrow(
      `holds another key as ${key.kid} at each end: pnpm keys revoke ${key.kid}`,
    );
  });
});

describe('the revocation of an edge key', () => {
  it('switches when the callee has the successor, and removes the key when the caller signs with that', async () => {
    const { changes, successor } = await rotation.revoke(rest, kid);
    expect(changes.map(({ needs }) => needs)).toEqual([
      [],
      [{ service: 'product', kid: successor, member: 'accepts.order' }],
      [{ service: 'order', kid: successor, member: 'calls.product', state: 'active' }],
    ]);
  });

  it('removes an edge that its callee has forbidden already, without a successor', async () => {
    const [shut] = await forbid('order product')(rest, keys);
    const half = withDocuments(rest, shut === undefined ? [] : [shut]);
    const { changes, successor } = await rotation.revoke(half, kid);
    const after = withDocuments(
      half,
      changes.flatMap(({ writes }) => writes),
    );
    expect([edgeIn(after, edge), successor]).toEqual([{ caller: [], callee: [] }, undefined]);
  });

  it('works with a different secret at each end, and with another edge that has one end', async () => {
    const order = documentOf(rest, 'order');
    const [key] = order.calls['product'] ?? [];
    if (key === undefined) throw new Error('no key');
    const differing = [{ ...key, secret: 'x'.repeat(43) }];
    const calls = { ...order.calls, product: differing, billing: [{ ...key, kid: 'b.1' }] };
    const broken = withDocuments(rest, [{ ...order, calls }]);
    const { caller, callee } = edgeIn(withDocuments(broken, await revoke(kid)(broken, keys)), edge);
    expect([caller, caller.includes(`${kid} active`)]).toEqual([callee, false]);
    const without = withDocuments(broken, await revoke('b.1')(broken, keys));
    expect(edgeIn(without, { caller: 'order', callee: 'billing' }).caller).toEqual([]);
  });
});

describe('edgesOf', () => {
  it('finds an edge that only one document names', () => {
    const order = documentOf(rest, 'order');
    const half = withDocuments(rest, [withAccepts(order, 'billing', order.calls['user'] ?? [])]);
    expect(edgesOf(half)).toContainEqual({ caller: 'billing', callee: 'order' });
  });
});
