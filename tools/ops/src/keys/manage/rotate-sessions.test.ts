import { describe, expect, it } from '@jest/globals';
import { completeFolder, everybodyReady, openTestKeys, sessionsIn, shutGate, written } from '../../../test/folders.ts';
import type { Gate } from './gate.ts';
import { isSessionRotating, planSessionRotation } from './rotate-sessions.ts';
import type { Folder } from './step.ts';

const keys = openTestKeys();
const rest = completeFolder(keys);

const plan = (folder: Folder, gate: Gate = everybodyReady) =>
  planSessionRotation(folder, { gate, generate: keys.sessionKey });
const step = async (folder: Folder) => written(folder, (await plan(folder)).writes);

describe('the rotation of the session key', () => {
  it('publishes, switches over, removes, and is at rest again', async () => {
    const published = await step(rest);
    const switched = await step(published);
    const removed = await step(switched);
    const [fresh = ''] = sessionsIn(removed)[0]?.split(' ') ?? [];
    expect([rest, published, switched, removed].map(sessionsIn)).toEqual([
      ['session.1 active'],
      [`${fresh} pending`, 'session.1 active'],
      [`${fresh} active`, 'session.1 retiring'],
      [`${fresh} active`],
    ]);
    expect([rest, published, switched, removed].map(isSessionRotating)).toEqual([false, true, true, false]);
    expect((await plan(switched)).last).toBe(true);
  });

  it('changes no other document', async () => {
    for (const folder of [rest, await step(rest), await step(await step(rest))]) {
      expect((await plan(folder)).writes.map(({ service }) => service)).toEqual(['gateway']);
    }
  });

  it('publishes without asking anybody', async () => {
    const { gate, asked } = shutGate();
    expect([(await plan(rest, gate)).blockers, asked]).toEqual([[], []]);
  });

  it('switches over when every replica has the new key', async () => {
    const { gate, asked } = shutGate();
    const published = await step(rest);
    expect((await plan(published, gate)).blockers).toEqual(['gateway is not ready']);
    const [fresh] = published.get('gateway')?.sessionKeys ?? [];
    expect(asked).toEqual([{ service: 'gateway', kid: fresh?.kid, member: 'sessionKeys' }]);
  });

  it.each([
    ['as the services say', { 'user accessTokenSeconds': 600, 'gateway sessionIdleSeconds': 1200 }, 1805],
    ['at the longest where they do not say', {}, 90_005],
  ])('removes the old key when no session in use is sealed with it: %s', async (_case, settings, forSeconds) => {
    const { gate, asked } = shutGate(settings);
    expect((await plan(await step(await step(rest)), gate)).blockers).toEqual(['gateway is not ready']);
    expect(asked).toMatchObject([{ service: 'gateway', member: 'sessionKeys', state: 'active', forSeconds }]);
  });

  it('is refused where there is no gateway', async () => {
    const without = new Map([...rest].filter(([service]) => service !== 'gateway'));
    await expect(plan(without)).rejects.toThrow('there is no gateway.json: run pnpm keys init first');
  });
});
