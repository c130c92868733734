import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Removed } from '../src/cleanup.ts';
import { cleanUp } from '../src/cleanup.ts';
import { createCleanupStore } from '../src/cleanup-store.ts';
import type { Harness } from './harness.ts';
import { graceSeconds, life, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

/** One turn of the cleanup. */
async function cleanOnce(): Promise<Removed> {
  const stop = new AbortController();
  const turns: Removed[] = [];
  await cleanUp(
    {
      ...{ store: createCleanupStore(harness.db), life, now: harness.now, onRemoved: (removed) => turns.push(removed) },
      onTrouble: (error) => {
        throw error;
      },
    },
    {
      signal: stop.signal,
      wait: async () => stop.abort(),
    },
  );
  return turns[0] as Removed;
}

async function logIn() {
  const { email } = await harness.addUser();
  const { body } = await request(harness.server).post('/auth/login').send({ email, password });
  return String(body.refresh_token);
}
const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });

describe('the cleanup', () => {
  it('erases a salt when the grace is over, and not before', async () => {
    const token = await logIn();
    await refresh(token);
    expect((await cleanOnce()).salts).toBe(0);
    harness.advance(graceSeconds);
    expect((await cleanOnce()).salts).toBe(1);
    expect(await harness.db.client.refreshToken.count({ where: { salt: { not: null } } })).toBe(0);
  });

  it('removes sessions with their tokens a day after they could last be used, a few at a time', async () => {
    const { id: userId } = await harness.addUser();
    const at = (seconds: number) => new Date((harness.now() + seconds) * 1000);
    const session = (data: object) => ({
      ...{ userId, scope: '', audience: [], authTime: at(0), expiresAt: at(1000), lastUsedAt: at(0), ...data },
      refreshTokens: { create: { hash: new Uint8Array(randomBytes(32)) } },
    });
    const day = 86_400;
    const over = [
      { expiresAt: at(-day - 1) },
      { lastUsedAt: at(-life.idleSeconds - day - 1) },
      { endedAt: at(-30 * day - 1) },
    ];
    const kept = [{}, { expiresAt: at(-day + 1) }, { endedAt: at(-day) }];
    for (const data of [...over, ...kept]) await harness.db.client.session.create({ data: session(data) });
    expect((await cleanOnce()).sessions).toBe(3);
    expect((await cleanOnce()).sessions).toBe(0);
    expect(await harness.db.client.session.count({ where: { userId } })).toBe(3);
    expect(await harness.db.client.refreshToken.count({ where: { session: { userId } } })).toBe(3);

    for (let count = 0; count < 25; count += 1)
      await harness.db.client.session.create({ data: session(over[0] ?? {}) });
    expect([(await cleanOnce()).sessions, (await cleanOnce()).sessions]).toEqual([20, 5]);
  });

  it('removes cut-offs from the lowest number on that have concerned no token for a day, and those never numbered', async () => {
    const day = 86_400;
    // Kept by the clock of the database as well: the clock of this app is ahead of it.
    const at = Date.now() / 1000;
    const event = (seq: number | null, keepUntil: number) =>
      harness.db.client.revocationEvent.create({
        data: {
          ...{ sessionId: '019b0000-0000-7000-8000-00000000000a', kind: 'session-revoked', reason: 'logout' },
          ...{ seq: seq === null ? null : BigInt(seq), publishedAt: seq === null ? null : new Date() },
          keepUntil: BigInt(Math.floor(keepUntil)),
        },
      });
    await event(1, at - day - 100);
    await event(2, at - day - 100);
    await event(3, at - day + 100);
    await event(4, at - day - 100);
    await event(null, at - day - 100);
    await event(null, at - day + 100);
    expect((await cleanOnce()).events).toBe(3);
    const left = await harness.db.client.revocationEvent.findMany({ orderBy: { id: 'asc' } });
    expect(left.map(({ seq }) => seq && Number(seq))).toEqual([3, 4, null]);
    // A clock of this app that is a day behind keeps them; one that is a day ahead does not remove more.
    harness.advance(day);
    expect((await cleanOnce()).events).toBe(0);
  });
});
