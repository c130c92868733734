import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { init, type Planned, rotateEdge, rotateSessions, rotateSigning } from '../../../test/commands.ts';
import { startFleet } from '../../../test/fleet.ts';
import { completeFolder, faultsOf, openTestKeys } from '../../../test/folders.ts';
import { checkFolder } from './check.ts';
import { withDocuments } from './folder.ts';
import { createGate } from './gate.ts';

const commands: Readonly<Record<string, Planned>> = {
  init,
  signing: rotateSigning,
  sessions: rotateSessions,
  product: rotateEdge('order product'),
  user: rotateEdge('order user'),
};

const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ load: fc.nat(7) }) },
  { weight: 4, arbitrary: fc.record({ run: fc.constantFrom(...Object.keys(commands)), documents: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ pass: fc.constantFrom(1, 20, 40, 310, 610) }) },
  { weight: 2, arbitrary: fc.record({ fetch: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ restart: fc.nat(7) }) },
);
type Event = { load?: number; run?: string; documents?: number; pass?: number; fetch?: number; restart?: number };

describe('rotations, interrupted anywhere, with replicas that load at any time', () => {
  it('make no service refuse what another one signs, and end no session', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 60, maxLength: 120 }), async (events: readonly Event[]) => {
        const keys = openTestKeys();
        let folder = completeFolder(keys);
        const fleet = startFleet(folder);
        for (const { load, run, documents = 0, pass, fetch, restart } of events) {
          if (load !== undefined) fleet.load(load, folder);
          if (restart !== undefined) fleet.restart(restart, folder);
          if (fetch !== undefined) fleet.fetchJwks(fetch);
          if (pass !== undefined) fleet.pass(pass);
          const command = commands[run ?? ''];
          if (command !== undefined) {
            const writes = await command(folder, keys, createGate(fleet.reports()));
            for (const document of writes.slice(0, documents)) {
              folder = withDocuments(folder, [document]);
              expect(faultsOf(folder)).toEqual([]);
            }
          }
          expect(fleet.refusals()).toEqual([]);
        }
        // Every replica loads, time passes, and every rotation comes to its end.
        for (let round = 0; round < 12; round += 1) {
          for (let index = 0; index < fleet.size; index += 1) {
            fleet.load(index, folder);
            expect(fleet.refusals()).toEqual([]);
          }
          // Longer than a copy of the public keys is kept, shorter than an access token is good.
          fleet.pass(310);
          for (const command of Object.values(commands)) {
            folder = withDocuments(folder, await command(folder, keys, createGate(fleet.reports())));
          }
        }
        expect(checkFolder(folder)).toEqual([]);
        // Each rotation was completed: none of the first keys is left.
        const first = ['signing.1', 'session.1', 'order.user.1', 'order.product.2'];
        expect(first.filter((kid) => JSON.stringify([...folder]).includes(`"${kid}"`))).toEqual([]);
      }),
      { numRuns: 12 },
    );
  }, 60_000);
});
