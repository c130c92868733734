import { beforeAll, describe, expect, it } from '@jest/globals';
import { forbid, rotateEdge, rotateSessions, rotateSigning } from '../../../test/commands.ts';
import { completeFolder, edgeIn, openTestKeys, sessionsIn, signingIn, written } from '../../../test/folders.ts';
import { planRevocation } from './revoke.ts';
import type { Folder } from './step.ts';

const edge = { caller: 'order', callee: 'product' };
const keys = openTestKeys();
const rotate = rotateEdge('order product');

let folders: Record<'rest' | 'published' | 'switched', Folder>;
beforeAll(async () => {
  const rest = completeFolder(keys);
  const step = async (folder: Folder) => {
    const next = written(folder, await rotate(folder, keys));
    return written(next, await rotateSigning(next, keys));
  };
  const published = await step(rest);
  folders = { rest, published, switched: await step(published) };
});

/** The folder without a key, and what took its place. */
async function without(folder: Folder, kid: string) {
  const plan = await planRevocation(folder, kid, keys);
  const after = written(folder, plan?.stages.flatMap(({ writes }) => writes) ?? []);
  expect(JSON.stringify([...after])).not.toContain(`"${kid}"`);
  return { after, successor: plan?.successor, stages: plan?.stages ?? [] };
}

describe('planRevocation of an edge key', () => {
  it('gives the caller a new key when it is the only one', async () => {
    const { after, successor } = await without(folders.rest, 'order.product.2');
    expect(edgeIn(after, edge)).toEqual({ caller: [`${successor} active`], callee: [`${successor} active`] });
  });

  it('goes over to the pending key when there is one', async () => {
    const { after, successor } = await without(folders.published, 'order.product.2');
    expect(successor).toBe('order.product.3');
    expect(edgeIn(after, edge)).toEqual({ caller: ['order.product.3 active'], callee: ['order.product.3 active'] });
  });

  it.each([
    ['pending', 'published', 'order.product.3', 'order.product.2'],
    ['retiring', 'switched', 'order.product.2', 'order.product.3'],
  ] as const)('leaves the active key in its place when it is %s', async (_state, folder, kid, active) => {
    const { after, successor } = await without(folders[folder], kid);
    expect(successor).toBeUndefined();
    expect(edgeIn(after, edge)).toEqual({ caller: [`${active} active`], callee: [`${active} active`] });
  });

  it('waits for the callee to know the successor, and for the caller to sign with it, before the key goes', async () => {
    const { stages, successor } = await without(folders.rest, 'order.product.2');
    expect(stages.map(({ mustLoad }) => mustLoad)).toEqual([
      [{ service: 'product', kid: successor, member: 'accepts.order' }],
      [{ service: 'order', kid: successor, member: 'calls.product', state: 'active' }],
      [],
    ]);
  });

  it('ends an edge that is forbidden at its callee already, and makes no key for it', async () => {
    const [shut] = await forbid('order product')(folders.rest, keys);
    const half = written(folders.rest, shut === undefined ? [] : [shut]);
    const { after, successor } = await without(half, 'order.product.2');
    expect([edgeIn(after, edge), successor]).toEqual([{ caller: [], callee: [] }, undefined]);
  });

  it('works though another edge has only one end, and though the two ends differ', async () => {
    const order = folders.rest.get('order');
    const [key] = order?.calls['product'] ?? [];
    if (order === undefined || key === undefined) throw new Error('no key');
    const broken = written(folders.rest, [
      {
        ...order,
        calls: { ...order.calls, product: [{ ...key, secret: 'x'.repeat(43) }], billing: [{ ...key, kid: 'b.1' }] },
      },
    ]);
    const { after, successor } = await without(broken, 'order.product.2');
    expect(edgeIn(after, edge).caller).toEqual([`${successor} active`]);
    expect(edgeIn((await without(broken, 'b.1')).after, { caller: 'order', callee: 'billing' }).caller).toEqual([]);
  });
});

describe('planRevocation of a signing key', () => {
  it('makes a new one when it is the only one', async () => {
    const { after, successor } = await without(folders.rest, 'signing.1');
    expect(signingIn(after)).toEqual({
      issuer: [`${successor} active`],
      verifiers: { product: [successor], order: [successor], gateway: [successor] },
    });
  });

  it('goes over to the next key when there is one', async () => {
    const next = signingIn(folders.published).issuer?.[1]?.split(' ')[0];
    const { after, successor } = await without(folders.published, 'signing.1');
    expect(successor).toBe(next);
    expect(signingIn(after).issuer).toEqual([`${next} active`]);
  });

  it('takes a next key away from everybody', async () => {
    const next = signingIn(folders.published).issuer?.[1]?.split(' ')[0] ?? '';
    const { after } = await without(folders.published, next);
    expect(signingIn(after)).toEqual(signingIn(folders.rest));
  });

  it('takes a retired key away from everybody, and the active one stays', async () => {
    const { after, successor } = await without(folders.switched, 'signing.1');
    const [active] = signingIn(after).issuer ?? [];
    expect([signingIn(after).issuer?.length, active?.endsWith(' active'), successor]).toEqual([1, true, undefined]);
  });

  it('refuses nothing that is signed anew: everybody knows the successor before the issuer signs with it', async () => {
    const { stages, successor } = await without(folders.rest, 'signing.1');
    expect(stages.map(({ mustLoad }) => mustLoad)).toEqual([
      ['product', 'order', 'gateway'].map((service) => ({ service, kid: successor, member: 'issuer.jwks' })),
      [{ service: 'user', kid: successor, member: 'signing', state: 'active' }],
      [],
    ]);
  });

  it('takes a key away that an interrupted command left at a verifier only', async () => {
    const { after } = await without(folders.rest, 'signing.1');
    const left = written(
      after,
      [folders.rest.get('order')].flatMap((document) => document ?? []),
    );
    expect(signingIn((await without(left, 'signing.1')).after)).toEqual(signingIn(after));
  });
});

describe('planRevocation', () => {
  it('has nothing to plan for a key that nobody holds', async () => {
    expect(await planRevocation(folders.rest, 'order.product.99', keys)).toBeUndefined();
  });
});

describe('planRevocation of a session key', () => {
  it('makes a new one when it is the only one, and waits for every replica to have it first', async () => {
    const { after, successor, stages } = await without(folders.rest, 'session.1');
    expect(sessionsIn(after)).toEqual([`${successor} active`]);
    const loaded = { service: 'gateway', kid: successor, member: 'sessionKeys' };
    expect(stages.map(({ mustLoad }) => mustLoad)).toEqual([[loaded], [{ ...loaded, state: 'active' }]]);
    const [first] = stages;
    expect(sessionsIn(written(folders.rest, first?.writes ?? []))).toEqual([
      `${successor} pending`,
      'session.1 active',
    ]);
  });

  it('goes over to the pending key when there is one', async () => {
    const published = written(folders.rest, await rotateSessions(folders.rest, keys));
    const [pending = ''] = sessionsIn(published)[0]?.split(' ') ?? [];
    const { after, successor } = await without(published, 'session.1');
    expect([successor, sessionsIn(after)]).toEqual([pending, [`${pending} active`]]);
    expect(sessionsIn((await without(published, pending)).after)).toEqual(['session.1 active']);
  });

  it('leaves the active key in its place when it is retiring', async () => {
    const published = written(folders.rest, await rotateSessions(folders.rest, keys));
    const switched = written(published, await rotateSessions(published, keys));
    const { after, successor } = await without(switched, 'session.1');
    expect(successor).toBeUndefined();
    expect(sessionsIn(after)).toEqual(sessionsIn(switched).slice(0, 1));
  });
});
