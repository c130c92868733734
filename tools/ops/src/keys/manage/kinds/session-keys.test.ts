import { describe, expect, it } from '@jest/globals';
import { planOf, settingsOf, stepsOf } from '../../../../test/commands.ts';
import { completeFolder, openTestKeys, sessionsIn } from '../../../../test/folders.ts';
import { sessionRotation } from '../rotations.ts';

const keys = openTestKeys();
const rotation = sessionRotation(keys);
const rest = completeFolder(keys);

describe('the rotation of the session key', () => {
  it('changes the keys of the gateway, the newest first, and no other document', async () => {
    const [published, switched, removed] = await stepsOf(rotation, rest);
    const [fresh = ''] = sessionsIn(removed.folder)[0]?.split(' ') ?? [];
    expect([published, switched, removed].map(({ folder }) => sessionsIn(folder))).toEqual([
      [`${fresh} pending`, 'session.1 active'],
      [`${fresh} active`, 'session.1 retiring'],
      [`${fresh} active`],
    ]);
    for (const { step } of [published, switched, removed]) {
      expect(step.writes.map(({ service }) => service)).toEqual(['gateway']);
    }
  });

  it('switches when every replica has the new key', async () => {
    const [published, switched] = await stepsOf(rotation, rest);
    const [fresh] = published.folder.get('gateway')?.sessionKeys ?? [];
    expect(switched.step.needs).toEqual([{ service: 'gateway', kid: fresh?.kid, member: 'sessionKeys' }]);
  });

  it.each([
    ['as replicas report', { 'user accessTokenSeconds': 600, 'gateway sessionIdleSeconds': 1200 }, 1805],
    ['the longest lives where no replica reports them', {}, 90_005],
  ])('removes the old key when no session in use is sealed with it: %s', async (_case, settings, forSeconds) => {
    const [, switched] = await stepsOf(rotation, rest);
    const { needs } = await planOf(rotation, switched.folder, settingsOf(settings));
    expect(needs).toMatchObject([{ service: 'gateway', member: 'sessionKeys', state: 'active', forSeconds }]);
  });

  it('is refused without a document of the gateway', async () => {
    const without = new Map([...rest].filter(([service]) => service !== 'gateway'));
    await expect(planOf(rotation, without)).rejects.toThrow('there is no gateway.json: run pnpm keys init first');
  });
});
