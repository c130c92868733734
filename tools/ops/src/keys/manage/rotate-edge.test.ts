import { describe, expect, it } from '@jest/globals';
import { completeFolder, edgeIn, everybodyReady, openTestKeys, shutGate, written } from '../../../test/folders.ts';
import { edgesOf, readEnds, withAccepts, withCalls } from './edge-ends.ts';
import type { Gate } from './gate.ts';
import { isEdgeRotating, planEdgeRotation } from './rotate-edge.ts';
import type { Folder } from './step.ts';
import { documentOf } from './step.ts';

const edge = { caller: 'order', callee: 'product' };
const keys = openTestKeys();
const rest = completeFolder(keys);

const plan = (folder: Folder, gate: Gate = everybodyReady) =>
  planEdgeRotation(folder, edge, { gate, nextKid: keys.nextKid });
const step = (folder: Folder) => written(folder, plan(folder).writes);
const both = (...names: string[]) => ({ caller: names, callee: names });

describe('the rotation of an edge', () => {
  it('publishes, switches over, removes, and is at rest again', () => {
    const published = step(rest);
    const switched = step(published);
    const removed = step(switched);
    expect([rest, published, switched, removed].map((folder) => edgeIn(folder, edge))).toEqual([
      both('order.product.2 active'),
      both('order.product.2 active', 'order.product.3 pending'),
      both('order.product.2 retiring', 'order.product.3 active'),
      both('order.product.3 active'),
    ]);
    const isRotating = (folder: Folder) => isEdgeRotating(readEnds(folder, edge));
    expect([rest, published, switched, removed].map(isRotating)).toEqual([false, true, true, false]);
    expect(plan(switched).last).toBe(true);
  });

  it('touches no other edge', () => {
    const other = { caller: 'order', callee: 'user' };
    expect(edgeIn(step(step(rest)), other)).toEqual(edgeIn(rest, other));
  });

  it('publishes without asking anybody', () => {
    const { gate, asked } = shutGate();
    expect([plan(rest, gate).blockers, asked]).toEqual([[], []]);
  });

  it('switches over when every callee has the new key', () => {
    const { gate, asked } = shutGate();
    expect(plan(step(rest), gate).blockers).toEqual(['product is not ready']);
    expect(asked).toEqual([
      { service: 'product', kid: expect.stringMatching(/^order\.product\.\d+$/), member: 'accepts.order' },
    ]);
  });

  it('removes the old key when every caller has signed with the new one for as long as a token is good', () => {
    const { gate, asked } = shutGate();
    expect(plan(step(step(rest)), gate).blockers).toEqual(['order is not ready']);
    expect(asked).toMatchObject([{ service: 'order', member: 'calls.product', state: 'active', forSeconds: 35 }]);
  });

  it.each([
    ['is not there', 'product', 'user', 'product holds no key to call user'],
    ['has no caller', 'billing', 'user', 'there is no billing.json'],
  ])('is refused for an edge that %s', (_case, caller, callee, message) => {
    const other = { caller, callee };
    expect(() => planEdgeRotation(rest, other, { gate: everybodyReady, nextKid: keys.nextKid })).toThrow(message);
  });

  it('is refused when a key is at one end only, or is another one at each end: what to do is said', () => {
    const [order, product] = [documentOf(rest, 'order'), documentOf(rest, 'product')];
    const [key] = order.calls['product'] ?? [];
    if (key === undefined) throw new Error('no key');
    const allowed = written(rest, [withCalls(order, 'product', [])]);
    const forbidden = written(rest, [withAccepts(product, 'order', [])]);
    const differing = written(rest, [withCalls(order, 'product', [{ ...key, secret: 'y'.repeat(43) }])]);
    const message = 'at one end only: run the allow or forbid that was interrupted again';
    expect(() => plan(allowed)).toThrow(message);
    expect(() => plan(forbidden)).toThrow(message);
    expect(() => plan(differing)).toThrow(`holds another key as ${key.kid} at each end: pnpm keys revoke ${key.kid}`);
  });
});

describe('edgesOf', () => {
  it('finds an edge that only one document names', () => {
    const order = documentOf(rest, 'order');
    const half = written(rest, [withAccepts(order, 'billing', order.calls['user'] ?? [])]);
    expect(edgesOf(half)).toContainEqual({ caller: 'billing', callee: 'order' });
  });
});
