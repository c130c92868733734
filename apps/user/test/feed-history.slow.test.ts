import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openRevocations } from '@auth/revocation';
import { parseJwks } from '@auth/verify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { publishCutOffs } from '../src/feed/feed.ts';
import { createOutboxStore } from '../src/feed/outbox-store.ts';
import { type Harness, openHarness } from './harness.ts';

const issuer = 'https://auth.example';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = parseJwks({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }] });

let harness: Harness;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'history-'));
  harness = await openHarness({ startTime: Date.now() / 1000 });
});
afterAll(async () => {
  await harness.close();
  await rm(dir, { recursive: true });
});

/** Leads from the beginning of a term to its first heartbeat. */
async function leadOnce(url: string, number: number): Promise<void> {
  const stop = new AbortController();
  await publishCutOffs(
    {
      url,
      issuer,
      now: harness.now,
      openOutbox: (term) => createOutboxStore({ db: harness.db, term }),
      signingKey: () => ({ kid: 'k', alg: 'ES256', key: privateKey }),
      publishedKids: () => ['k'],
      onError: (error) => {
        throw error;
      },
      onBeat: () => stop.abort(),
    },
    {
      number,
      signal: stop.signal,
      isHeld: () => true,
      isListening: () => false,
      notified: 0,
      wait: (ms) => delay(ms, undefined, { signal: stop.signal }).catch(() => undefined),
    },
  );
}

/** The fate of a cut-off: it still matters, it no longer does, or a build before this one removed its row. */
const fate = fc.constantFrom('living', 'over', 'removed');

describe('a verifier that starts', () => {
  it('knows every cut-off that matters, and is fresh, for any fate of the others', async () => {
    let run = 0;
    const history = fc.array(fc.array(fate, { maxLength: 6 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(history, async (terms) => {
        run += 1;
        const { client } = harness.db;
        await client.revocationEvent.deleteMany();
        await client.revocationFeed.update({ where: { id: 1 }, data: { last: 0, term: 0 } });
        const url = `file:${join(dir, `${run}.log`)}`;
        const living: string[] = [];
        for (const [index, fates] of terms.entries()) {
          const rows = fates.map((what) => ({ what, sessionId: randomUUID() }));
          const keepUntil = (what: string) => BigInt(Math.floor(harness.now()) + (what === 'living' ? 600 : -120));
          await client.revocationEvent.createMany({
            data: rows.map(({ what, sessionId }) => ({
              sessionId,
              kind: 'session-revoked',
              reason: 'logout',
              keepUntil: keepUntil(what),
            })),
          });
          await leadOnce(url, index + 1);
          const removed = rows.filter(({ what }) => what === 'removed').map(({ sessionId }) => sessionId);
          await client.revocationEvent.deleteMany({ where: { sessionId: { in: removed } } });
          living.push(...rows.filter(({ what }) => what === 'living').map(({ sessionId }) => sessionId));
        }
        await leadOnce(url, terms.length + 1);
        const verifier = openRevocations({ url, issuer, keys: () => keys, now: harness.now, staleAfterSeconds: 60 });
        try {
          // Rejects until every event is known; the bound of 60 s does not pass, since the clock stands still.
          const end = performance.now() + 5000;
          const isReady = () =>
            verifier
              .ready()
              .then(() => !verifier.isStale())
              .catch(() => false);
          while (!(await isReady())) {
            if (performance.now() > end) throw new Error(`still not complete: ${JSON.stringify(verifier.stats())}`);
            await delay(10);
          }
          expect(living.filter((sid) => !verifier.isRevoked(sid, Math.floor(harness.now())))).toEqual([]);
        } finally {
          await verifier.close();
        }
      }),
      { numRuns: 20, endOnFailure: true },
    );
  }, 120_000);
});
