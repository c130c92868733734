import { apps } from '@auth/contracts';
import { describe, expect, it } from '@jest/globals';
import { planOf, settingsOf, stepsOf } from '../../../../test/commands.ts';
import { completeFolder, openTestKeys, signingIn } from '../../../../test/folders.ts';
import { generateSigningKey } from '../../generate.ts';
import { documentOf, withDocuments } from '../folder.ts';
import { signingRotation } from '../rotations.ts';
import { published } from './signing-keys.ts';

const keys = openTestKeys();
const rotation = signingRotation(keys);
const rest = completeFolder(keys);
/** All apps but the issuer. */
const verifiers = apps.filter((name) => name !== 'user');

describe('the rotation of the signing key', () => {
  it('changes the keys of the issuer, and their public halves in every other document', async () => {
    const [published, switched, removed] = await stepsOf(rotation, rest);
    const fresh = signingIn(removed.folder).issuer?.[0]?.split(' ')[0] ?? '';
    const everywhere = (...kids: string[]) => Object.fromEntries(verifiers.map((name) => [name, kids]));
    expect([published, switched, removed].map(({ folder }) => signingIn(folder))).toEqual([
      { issuer: ['signing.1 active', `${fresh} pending`], verifiers: everywhere('signing.1', fresh) },
      { issuer: ['signing.1 retiring', `${fresh} active`], verifiers: everywhere('signing.1', fresh) },
      { issuer: [`${fresh} active`], verifiers: everywhere(fresh) },
    ]);
    // A switch changes states, which verifiers do not have.
    expect(switched.step.writes.map(({ service }) => service)).toEqual(['user']);
  });

  it('publishes a key for EdDSA when every replica accepts that, and keys for algorithms of every release at once', async () => {
    const needsOf = async (alg?: 'PS256' | 'EdDSA', folder = rest) =>
      (await planOf(signingRotation(keys, alg), folder)).needs;
    const everywhere = [...rest.keys()].map((service) => ({ service, algorithm: 'EdDSA' }));
    expect(await needsOf('EdDSA')).toEqual(everywhere);
    expect([await needsOf('PS256'), await needsOf()]).toEqual([[], []]);
    // Without another algorithm, the next key has that of the active one.
    const issuer = documentOf(rest, 'user');
    const signing = [await generateSigningKey('active', 'EdDSA')];
    const edwards = withDocuments(rest, [{ ...issuer, signing }, ...published(rest, { ...issuer, signing })]);
    expect([await needsOf(undefined, edwards), await needsOf('PS256', edwards)]).toEqual([everywhere, []]);
  });

  it('switches when every verifier has the key, and every copy of the published keys is older than it', async () => {
    const [published] = await stepsOf(rotation, rest);
    const { needs } = await planOf(rotation, published.folder, settingsOf({ 'user jwksMaxAgeSeconds': 60 }));
    expect(needs).toMatchObject([
      { service: 'user', member: 'signing', forSeconds: 65 },
      ...verifiers.map((service) => ({ service, member: 'issuer.jwks' })),
    ]);
  });

  it('removes the old key when the last token that it signed has expired', async () => {
    const [, switched] = await stepsOf(rotation, rest);
    const { needs } = await planOf(rotation, switched.folder, settingsOf({ 'user accessTokenSeconds': 900 }));
    expect(needs).toMatchObject([{ service: 'user', member: 'signing', state: 'active', forSeconds: 905 }]);
  });

  it('waits for the longest lives where no replica reports them', async () => {
    const [, switched, removed] = await stepsOf(rotation, rest);
    expect([switched, removed].map(({ step }) => step.needs[0]?.forSeconds)).toEqual([305, 3605]);
  });

  it('is under way while a verifier has a key that the issuer has removed, and to complete that is the last step', async () => {
    const [, switched, removed] = await stepsOf(rotation, rest);
    const interrupted = withDocuments(switched.folder, removed.step.writes.slice(0, 1));
    expect(rotation.isUnderWay(interrupted)).toBe(true);
    expect(await planOf(rotation, interrupted)).toMatchObject({ needs: [], last: true });
  });

  it('is refused without a document of the issuer', async () => {
    const without = new Map([...rest].filter(([service]) => service !== 'user'));
    await expect(planOf(rotation, without)).rejects.toThrow('there is no user.json: run pnpm keys init first');
  });
});

describe('the revocation of a signing key', () => {
  it('switches when every verifier has the successor, and removes the key when the issuer signs with that', async () => {
    const { changes, successor: kid } = await rotation.revoke(rest, 'signing.1');
    expect(changes.map(({ needs }) => needs)).toEqual([
      [],
      [
        { service: 'user', kid, member: 'signing' },
        ...verifiers.map((service) => ({ service, kid, member: 'issuer.jwks' })),
      ],
      [{ service: 'user', kid, member: 'signing', state: 'active' }],
    ]);
  });

  it('removes a key that an interrupted command left at one verifier', async () => {
    const { changes } = await rotation.revoke(rest, 'signing.1');
    const after = withDocuments(
      rest,
      changes.flatMap(({ writes }) => writes),
    );
    const left = withDocuments(
      after,
      [rest.get('order')].flatMap((document) => document ?? []),
    );
    const again = await rotation.revoke(left, 'signing.1');
    expect(again.successor).toBeUndefined();
    const repaired = withDocuments(
      left,
      again.changes.flatMap(({ writes }) => writes),
    );
    expect(signingIn(repaired)).toEqual(signingIn(after));
  });
});
