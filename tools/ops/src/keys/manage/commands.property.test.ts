import { edges } from '@auth/contracts';
import { loadedKeys } from '@auth/keys/loaded-keys';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  add,
  allow,
  edgeNames,
  forbid,
  init,
  type Planned,
  revoke,
  rotateEdge,
  rotateSessions,
  rotateSigning,
} from '../../../test/commands.ts';
import { completeFolder, faultsOf, openTestKeys, shutEdges } from '../../../test/folders.ts';
import { checkFolder } from './check.ts';
import { type Folder, withDocuments } from './folder.ts';
import { KeyCommandError } from './key-command-error.ts';

const kinds = ['init', 'signing', 'sessions', 'edge', 'revoke', 'allow', 'forbid', 'add'] as const;
const action = fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(99), documents: fc.nat(9) });
const services = ['user', 'product', 'order', 'shipping'];

/** Picks a command for a folder, which may be one that is refused. */
function commandOf(folder: Folder, { kind, pick }: { kind: (typeof kinds)[number]; pick: number }): Planned {
  const known = edgeNames(folder);
  const edge = known[pick % Math.max(known.length, 1)] ?? 'order product';
  const other = `${services[pick % 4]} ${services[(pick >> 2) % 4]}`;
  const kids = [...folder.values()].flatMap((document) => loadedKeys(document).map(({ kid }) => kid));
  const all: Readonly<Record<typeof kind, Planned>> = {
    init,
    signing: rotateSigning,
    sessions: rotateSessions,
    edge: rotateEdge(edge),
    revoke: revoke(kids[pick % kids.length] ?? ''),
    allow: allow(other),
    forbid: forbid(edge),
    add: add('shipping'),
  };
  return all[kind];
}

describe('commands in any order, each interrupted after any document', () => {
  it('never leave a signer whose key its verifier does not know, nor a state that cannot be completed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 20 }), async (actions) => {
        const keys = openTestKeys();
        let folder = completeFolder(keys);
        const forbidden = new Set<string>();
        const apply = async (command: Planned, documents = Number.POSITIVE_INFINITY) => {
          const writes = await command(folder, keys).catch((error: unknown) => {
            if (error instanceof KeyCommandError) return [];
            throw error;
          });
          for (const document of writes.slice(0, documents)) {
            folder = withDocuments(folder, [document]);
            expect(faultsOf(folder, forbidden)).toEqual([]);
          }
        };
        for (const step of actions) {
          // forbid changes the callee first, so that calls are refused at once.
          if (step.kind === 'forbid') for (const edge of edgeNames(folder)) forbidden.add(edge);
          await apply(commandOf(folder, step), step.documents);
          forbidden.clear();
          for (const edge of shutEdges(folder)) forbidden.add(edge);
        }
        // Finish what was interrupted.
        for (const edge of [...forbidden]) await apply(forbid(edge));
        await apply(init);
        for (const edge of edgeNames(folder).filter((name) => !isDrawn(name))) {
          forbidden.add(edge);
          await apply(forbid(edge));
        }
        for (let round = 0; round < 6; round += 1) {
          await apply(rotateSigning);
          await apply(rotateSessions);
          for (const edge of edgeNames(folder)) await apply(rotateEdge(edge));
        }
        expect([checkFolder(folder), faultsOf(folder)]).toEqual([[], []]);
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

function isDrawn(name: string): boolean {
  return edges().some(({ caller, callee }) => `${caller} ${callee}` === name);
}
