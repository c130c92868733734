import { gateway, issuerService } from '@auth/contracts';
import { loadedKeys } from '@auth/keys/loaded-keys';
import { type KeyState, keyStates } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planOf } from '../../../test/commands.ts';
import { completeFolder, openTestKeys, quickSigningKey } from '../../../test/folders.ts';
import { generateEdgeKey } from '../generate.ts';
import { documentOf, type Folder, withDocuments } from './folder.ts';
import { allRotations, rotationWith, sessionRotation, signingRotation } from './rotations.ts';

/** The place of each key of a folder in the life of a key, by document, member and id. */
function livesIn(folder: Folder): ReadonlyMap<string, number> {
  const lives = [...folder.values()].flatMap((document) =>
    loadedKeys(document).map(({ member, kid, state }) => {
      const place = state === 'public' ? 0 : keyStates.indexOf(state);
      return [`${document.service} ${member} ${kid}`, place] as const;
    }),
  );
  return new Map(lives);
}

/** Fails when a key went back in its life, or returned after it was gone. */
function assertForward(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, gone: Set<string>) {
  for (const [name, place] of after) {
    expect([name, gone.has(name), place >= (before.get(name) ?? 0)]).toEqual([name, false, true]);
  }
  for (const name of before.keys()) if (!after.has(name)) gone.add(name);
}

/** A folder whose signing and session keys have these states. */
function folderWith(states: readonly KeyState[]): Folder {
  const folder = completeFolder();
  const signing = states.map((state, index) => quickSigningKey(`s.${index}`, state));
  const sessionKeys = states.map((state, index) => generateEdgeKey(`session.${index}`, state));
  return withDocuments(folder, [
    { ...documentOf(folder, issuerService), signing },
    { ...documentOf(folder, gateway), sessionKeys },
  ]);
}

describe('planRotation', () => {
  const others = fc.array(fc.constantFrom<KeyState>('pending', 'retiring'), { maxLength: 4 });

  it('comes to rest with one active key from any keys of which one is active, and no key goes back', async () => {
    await fc.assert(
      fc.asyncProperty(others, others, async (before, after) => {
        for (const rotation of [signingRotation(openTestKeys()), sessionRotation(openTestKeys())]) {
          let folder = folderWith([...before, 'active', ...after]);
          const gone = new Set<string>();
          // At most a step that completes, and two for each key.
          for (let left = 2 * (before.length + after.length) + 2; rotation.isUnderWay(folder); left -= 1) {
            expect(left).toBeGreaterThan(0);
            const { writes } = await planOf(rotation, folder);
            for (const document of writes) {
              const next = withDocuments(folder, [document]);
              assertForward(livesIn(folder), livesIn(next), gone);
              folder = next;
            }
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('rotations and revocations of every kind, each interrupted after any document', () => {
  const action = fc.record({ pick: fc.nat(99), revokes: fc.boolean(), documents: fc.nat(9) });

  it('move every key forward in its life: pending, active, retiring, gone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
        const keys = openTestKeys();
        let folder = completeFolder(keys);
        const gone = new Set<string>();
        for (const { pick, revokes, documents } of actions) {
          const rotations = allRotations(keys, folder);
          const kids = [...folder.values()].flatMap((document) => loadedKeys(document).map(({ kid }) => kid));
          const kid = kids[pick % kids.length] ?? '';
          const changes = revokes
            ? (await rotationWith(keys, folder, kid)?.revoke(folder, kid))?.changes
            : [await rotations[pick % rotations.length]?.plan(folder, { setting: () => undefined })];
          for (const document of (changes ?? []).flatMap((change) => change?.writes ?? []).slice(0, documents)) {
            const next = withDocuments(folder, [document]);
            assertForward(livesIn(folder), livesIn(next), gone);
            folder = next;
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
