import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type CleanupStore, cleanUp } from '../src/background/cleanup.ts';
import { createCleanupStore } from '../src/background/cleanup-store.ts';
import { hashRefreshToken } from '../src/sessions/refresh-token.ts';
import { graceSeconds, type Harness, life, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

/** Runs one round of the clean-up. Returns what it removed, by table. */
async function cleanOnce(faults: Partial<CleanupStore> = {}) {
  const stop = new AbortController();
  const removed = { salts: 0, tokens: 0, sessions: 0, events: 0 };
  const errors: string[] = [];
  await cleanUp(
    {
      store: { ...createCleanupStore(harness.db), ...faults },
      life,
      now: harness.now,
      onRemoved(table, rows) {
        removed[table] += rows;
      },
      onError: (error, table) => errors.push(`${table}: ${error instanceof Error ? error.message : ''}`),
    },
    { signal: stop.signal, wait: async () => stop.abort() },
  );
  return { ...removed, errors };
}

async function logIn() {
  const { email } = await harness.addUser();
  const { body } = await request(harness.server).post('/auth/login').send({ email, password });
  return String(body.refresh_token);
}
const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });

/** Returns a time by the database's clock, which decides. */
const at = (seconds: number) => new Date(Date.now() + seconds * 1000);
const day = 86_400;

/** Adds a session of a new user, with refresh tokens. */
async function addSession(data: object, tokens = 1): Promise<string> {
  const { id: userId } = await harness.addUser();
  const create = Array.from({ length: tokens }, () => ({ hash: new Uint8Array(randomBytes(32)) }));
  const usual = { userId, scope: '', audience: [], authTime: at(0), expiresAt: at(day), lastUsedAt: at(0) };
  const session = { ...usual, ...data, refreshTokens: { create } };
  return (await harness.db.client.session.create({ data: session, select: { id: true } })).id;
}
const left = async (ids: readonly string[]) =>
  (await harness.db.client.session.findMany({ where: { id: { in: [...ids] } }, select: { id: true } })).map(({ id }) =>
    ids.indexOf(id),
  );

describe('cleanUp', () => {
  it('removes a used token of a running session after the grace, and a later reuse still ends the session', async () => {
    const token = await logIn();
    const hash = hashRefreshToken(token);
    const successor = (await refresh(token)).body.refresh_token;
    await cleanOnce();
    expect(await harness.db.client.refreshToken.count({ where: { hash } })).toBe(1);
    await harness.advanceAll(graceSeconds);
    expect((await cleanOnce()).tokens).toBeGreaterThan(0);
    expect(await harness.db.client.refreshToken.count({ where: { hash } })).toBe(0);
    expect((await refresh(token)).status).toBe(401);
    expect((await refresh(successor)).status).toBe(401);
    const [event] = harness.events().filter(({ audit }) => audit['event'] === 'reuse');
    expect(event?.audit).toMatchObject({ outcome: 'ok', sid: expect.any(String) });
  });

  it('erases the salt of a used token without a family, and keeps its row', async () => {
    const hash = new Uint8Array(randomBytes(32));
    const sessionId = await addSession({}, 0);
    const used = { usedAt: at(-60), salt: new Uint8Array(32), saltUntil: at(-50) };
    await harness.db.client.refreshToken.create({ data: { hash, sessionId, ...used } });
    expect((await cleanOnce()).salts).toBe(1);
    expect(await harness.db.client.refreshToken.findUnique({ where: { hash } })).toMatchObject({ salt: null });
  });

  it('removes sessions with their tokens a day after they expired, and 30 days after they were ended', async () => {
    const ids = [
      await addSession({ expiresAt: at(-day - 60) }),
      await addSession({ lastUsedAt: at(-life.idleSeconds - day - 60) }),
      await addSession({ endedAt: at(-30 * day - 60) }),
      await addSession({ endedAt: at(-31 * day) }, 0),
      await addSession({}),
      await addSession({ expiresAt: at(-day + 60) }),
      await addSession({ endedAt: at(-day) }),
    ];
    expect(await cleanOnce()).toMatchObject({ tokens: 3, sessions: 4, errors: [] });
    expect((await left(ids)).sort()).toEqual([4, 5, 6]);
    expect(await harness.db.client.refreshToken.count({ where: { sessionId: { in: ids } } })).toBe(3);
  });

  it('uses the clock of the database, not that of the process', async () => {
    const ids = [await addSession({ expiresAt: at(-day - 60) }), await addSession({ expiresAt: at(day) })];
    harness.advance(365 * day);
    await cleanOnce();
    harness.advance(-365 * day);
    expect(await left(ids)).toEqual([1]);
  });

  it('runs every job when the others fail, and reports each failure once', async () => {
    const ids = [await addSession({ endedAt: at(-31 * day) })];
    const broken = async () => {
      throw new Error('it is locked');
    };
    const faults = { hasSalts: broken, eraseSalts: broken, removeUsedTokens: broken, removeEvents: broken };
    const { errors } = await cleanOnce(faults);
    expect(errors).toEqual(['salts: it is locked', 'tokens: it is locked', 'events: it is locked']);
    expect(await left(ids)).toEqual([]);
  });

  it('skips a session that another transaction has locked', async () => {
    const ids = [await addSession({ endedAt: at(-31 * day) }, 0), await addSession({ endedAt: at(-31 * day) })];
    await harness.db.client.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sessions WHERE id = ${ids[0]}::uuid FOR UPDATE`;
      await cleanOnce();
      expect(await left(ids)).toEqual([0]);
    });
  });

  it('removes cut-offs a day after they last affected a token, lowest number first, and unnumbered ones', async () => {
    const day = 86_400;
    // The clock of this app is ahead of that of the database, by which the rows are kept as well.
    const at = Date.now() / 1000;
    const event = (seq: number | null, keepUntil: number) =>
      harness.db.client.revocationEvent.create({
        data: {
          sessionId: '019b0000-0000-7000-8000-00000000000a',
          kind: 'session-revoked',
          reason: 'logout',
          seq: seq === null ? null : BigInt(seq),
          publishedAt: seq === null ? null : new Date(),
          keepUntil: BigInt(Math.floor(keepUntil)),
        },
      });
    await harness.db.client.revocationEvent.deleteMany();
    await event(1, at - day - 100);
    await event(2, at - day - 100);
    await event(3, at - day + 100);
    await event(4, at - day - 100);
    await event(null, at - day - 100);
    await event(null, at - day + 100);
    expect((await cleanOnce()).events).toBe(3);
    const left = await harness.db.client.revocationEvent.findMany({ orderBy: { id: 'asc' } });
    expect(left.map(({ seq }) => seq && Number(seq))).toEqual([3, 4, null]);
    // When the clock of this app is a day behind, the rows are kept. When it is a day ahead, no more are removed.
    harness.advance(day);
    expect((await cleanOnce()).events).toBe(0);
  });
});
