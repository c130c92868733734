import { describe, expect, it } from '@jest/globals';
import { completeFolder, everybodyReady, openTestKeys, shutGate, signingIn, written } from '../../../test/folders.ts';
import type { Gate } from './gate.ts';
import { isSigningRotating, planSigningRotation } from './rotate-signing.ts';
import type { Folder } from './step.ts';

const keys = openTestKeys();
const rest = completeFolder(keys);

const plan = (folder: Folder, gate: Gate = everybodyReady) =>
  planSigningRotation(folder, { gate, generate: keys.signingKey });
const step = async (folder: Folder) => written(folder, (await plan(folder)).writes);

describe('the rotation of the signing key', () => {
  it('publishes to everybody, switches over, removes everywhere, and is at rest again', async () => {
    const published = await step(rest);
    const switched = await step(published);
    const removed = await step(switched);
    const next = signingIn(removed).issuer?.[0]?.split(' ')[0] ?? '';
    const everybody = (...kids: string[]) => ({ product: kids, order: kids, gateway: kids });
    expect([published, switched, removed].map(signingIn)).toEqual([
      { issuer: ['signing.1 active', `${next} pending`], verifiers: everybody('signing.1', next) },
      { issuer: ['signing.1 retiring', `${next} active`], verifiers: everybody('signing.1', next) },
      { issuer: [`${next} active`], verifiers: everybody(next) },
    ]);
    expect([rest, published, switched, removed].map(isSigningRotating)).toEqual([false, true, true, false]);
    expect((await plan(switched)).last).toBe(true);
  });

  it('switches over when every verifier has the key, and every copy of the published keys is older than it', async () => {
    const { gate, asked } = shutGate({ 'user jwksMaxAgeSeconds': 60 });
    const { blockers } = await plan(await step(rest), gate);
    expect(blockers).toEqual(['user', 'product', 'order', 'gateway'].map((name) => `${name} is not ready`));
    expect(asked).toMatchObject([
      { service: 'user', member: 'signing', forSeconds: 65 },
      { service: 'product', member: 'issuer.jwks' },
      { service: 'order', member: 'issuer.jwks' },
      { service: 'gateway', member: 'issuer.jwks' },
    ]);
  });

  it('removes the old key when the last token that it signed has expired', async () => {
    const { gate, asked } = shutGate({ 'user accessTokenSeconds': 900 });
    expect((await plan(await step(await step(rest)), gate)).blockers).toEqual(['user is not ready']);
    expect(asked).toMatchObject([{ service: 'user', member: 'signing', state: 'active', forSeconds: 905 }]);
  });

  it('waits for the longest that there is where the issuer does not say how long', async () => {
    const first = shutGate();
    const second = shutGate();
    await plan(await step(rest), first.gate);
    await plan(await step(await step(rest)), second.gate);
    expect([first.asked[0]?.forSeconds, second.asked[0]?.forSeconds]).toEqual([305, 3605]);
  });

  it('is still under way while a verifier has a key that the issuer has removed, and that is its last step', async () => {
    const switched = await step(await step(rest));
    const [issuer] = (await plan(switched)).writes;
    const interrupted = written(switched, issuer === undefined ? [] : [issuer]);
    expect(isSigningRotating(interrupted)).toBe(true);
    expect(await plan(interrupted)).toMatchObject({ blockers: [], last: true });
  });

  it('is refused where there is no issuer', async () => {
    const without = new Map([...rest].filter(([service]) => service !== 'user'));
    await expect(plan(without)).rejects.toThrow('there is no user.json: run pnpm keys init first');
  });
});
