import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { transactionLimits } from '../src/feed/cut-off-store.ts';
import { hashRefreshToken } from '../src/sessions/refresh-token.ts';
import { type Harness, openHarness, password } from './harness.ts';
import { openReplica } from './replicas.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ refreshesPerSession: 5 });
});
afterAll(() => harness.close());

const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });

async function logIn() {
  const { id, email } = await harness.addUser();
  const { body } = await request(harness.server).post('/auth/login').send({ email, password });
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  return { id, token: String(body.refresh_token), sid: String(claims.sid) };
}

const endReasonOf = async (sid: string) =>
  (await harness.db.client.session.findUniqueOrThrow({ where: { id: sid } })).endReason;
const forget = (token: string) => harness.db.client.refreshToken.delete({ where: { hash: hashRefreshToken(token) } });

describe('a used refresh token whose row was removed', () => {
  it('ends its session', async () => {
    const { token, sid } = await logIn();
    const successor = (await refresh(token)).body.refresh_token;
    await forget(token);
    expect((await refresh(token)).body).toMatchObject({ status: 401, code: 'invalid_refresh_token' });
    expect(await endReasonOf(sid)).toBe('reuse');
    expect((await refresh(successor)).status).toBe(401);
  });

  it('logs out with POST /auth/logout', async () => {
    const { token, sid } = await logIn();
    await refresh(token);
    await forget(token);
    await request(harness.server).post('/auth/logout').send({ refresh_token: token });
    expect(await endReasonOf(sid)).toBe('logout');
  });

  it.each<[string, (token: string) => string]>([
    ['another family', (token) => randomBytes(12).toString('base64url') + token.slice(16)],
    ['only the family', (token) => token.slice(0, 16)],
    ['the family, in a non-canonical encoding', (token) => `${token.slice(0, 42)}B`],
  ])('differs from a text with %s, which ends no session', async (_case, forge) => {
    const { token, sid } = await logIn();
    expect((await refresh(forge(token))).status).toBe(401);
    expect(await endReasonOf(sid)).toBeNull();
  });
});

describe('a refresh token without a family, from an older build', () => {
  async function logInAsBefore() {
    const login = await logIn();
    const token = randomBytes(32).toString('base64url');
    await harness.db.client.refreshToken.deleteMany({ where: { sessionId: login.sid } });
    await harness.db.client.session.update({ where: { id: login.sid }, data: { familyHash: null } });
    await harness.db.client.refreshToken.create({ data: { hash: hashRefreshToken(token), sessionId: login.sid } });
    return { ...login, token };
  }

  it('is exchanged, repeated and recognised when reused, and its successor has a family', async () => {
    const { token, sid } = await logInAsBefore();
    const successor = (await refresh(token)).body.refresh_token;
    expect((await refresh(token)).body.refresh_token).toBe(successor);
    const third = (await refresh(successor)).body.refresh_token;
    expect(third.slice(0, 16)).toBe(successor.slice(0, 16));
    await forget(successor);
    expect((await refresh(successor)).status).toBe(401);
    expect(await endReasonOf(sid)).toBe('reuse');
  });

  it('keeps its row after its use, and ends the session when it is reused', async () => {
    const { token, sid } = await logInAsBefore();
    await openReplica(harness, { now: harness.now, graceSeconds: 0 }).refresh(token);
    expect((await refresh(token)).status).toBe(401);
    expect(await endReasonOf(sid)).toBe('reuse');
  });
});

describe('REFRESHES_PER_SESSION', () => {
  it('answers 429 beyond the limit, repetitions included, and the token works again in the next window', async () => {
    const { token, sid } = await logIn();
    await refresh(token);
    let current = token;
    for (let round = 0; round < 4; round += 1) current = (await refresh(current)).body.refresh_token;
    const { status, headers, body } = await refresh(current);
    expect([status, body.code]).toEqual([429, 'rate_limited']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(500);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(600);
    const [event] = harness.events().filter(({ audit }) => audit['outcome'] === 'limited');
    expect(event?.audit).toMatchObject({ event: 'refresh', reason: 'refresh-session', sid });
    const past = new Date(Date.now() - 600_000);
    await harness.db.client.session.update({ where: { id: sid }, data: { refreshSince: past } });
    expect((await refresh(current)).status).toBe(200);
  });
});

describe('concurrent uses of one token', () => {
  it('hold one connection of the pool while they wait, so that other requests are served', async () => {
    const [{ token, sid }, other] = [await logIn(), await logIn()];
    const { client, poolStats } = harness.db;
    const answers = await client.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM sessions WHERE id = ${sid}::uuid FOR UPDATE`;
      const replica = openReplica(harness, { now: harness.now });
      const waiting = Array.from({ length: 30 }, () => replica.refresh(token));
      // The test's own connection, and the first use, which waits for the lock that the test holds.
      while (poolStats().total - poolStats().idle < 2) await client.$queryRaw`SELECT 1 AS one`;
      expect((await refresh(other.token)).status).toBe(200);
      expect(poolStats().waiting).toBe(0);
      return { waiting };
    }, transactionLimits);
    expect(new Set(await Promise.all(answers.waiting)).size).toBe(1);
  });
});
