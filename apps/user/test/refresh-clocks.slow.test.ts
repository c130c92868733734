import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { hashRefreshToken } from '../src/sessions/refresh-token.ts';
import { graceSeconds, type Harness, openHarness, password } from './harness.ts';
import { openReplica } from './replicas.ts';

/** How far the clock of the services is behind that of the database. */
const behindSeconds = 40;

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ startTime: Math.floor(Date.now() / 1000) - behindSeconds });
});
afterAll(() => harness.close());

async function logIn() {
  const user = await harness.addUser();
  const { body } = await request(harness.server).post('/auth/login').send({ email: user.email, password });
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  return { ...user, token: String(body.refresh_token), sid: String(claims.sid), iat: Number(claims.iat) };
}

/** Changes the roles of a user like an admin. */
async function changeRoles(id: string, roles: string[]) {
  const admin = await harness.addUser({ roles: ['admin'] });
  const sid = await harness.addSession(admin.id);
  const { status } = await request(harness.server)
    .patch(`/users/${id}`)
    .set('Authorization', `Bearer ${harness.issuer.token({ sub: admin.id, sid, scope: 'user:admin' })}`)
    .send({ roles });
  expect(status).toBe(200);
}

/** Opens a replica whose clock differs from that of the app. */
const replica = (offsetSeconds: number, more: object = {}) =>
  openReplica(harness, { now: () => harness.now() + offsetSeconds, ...more });

describe('POST /auth/refresh after a role change', () => {
  it('issues an iat at most a second ahead, with the clock of the database 40 s ahead of that of the service', async () => {
    const { id, token, iat } = await logIn();
    await changeRoles(id, ['customer', 'admin']);
    const same = replica(0);
    await same.refresh(token);
    expect(same.issued).toEqual([iat + 1]);
  });

  it('answers 503 when several role changes and refreshes within a second would move the iat further ahead', async () => {
    const { id, token, iat } = await logIn();
    const same = replica(0);
    let current = token;
    for (const roles of [['customer', 'admin'], ['customer'], ['customer', 'admin']]) {
      await changeRoles(id, roles);
      current = String(await same.refresh(current));
    }
    await changeRoles(id, ['customer']);
    expect(await same.refresh(current)).toBe('token_too_early');
    const { status, headers } = await request(harness.server).post('/auth/refresh').send({ refresh_token: current });
    expect([status, Number(headers['retry-after'])]).toEqual([503, 2]);
    expect(same.issued).toEqual([iat + 1, iat + 2, iat + 3]);
    harness.advance(2);
    expect(await same.refresh(current)).toMatch(/^[\w-]{43}$/);
  });

  it('writes no cut-off when no token was issued since the last one', async () => {
    const { id, sid } = await logIn();
    await changeRoles(id, ['customer', 'admin']);
    await changeRoles(id, ['customer']);
    expect(await harness.db.client.revocationEvent.count({ where: { sessionId: sid } })).toBe(1);
  });

  it('revokes the token of an exchange that began before the change, also without a token since the last cut-off', async () => {
    const { id, sid } = await logIn();
    await changeRoles(id, ['customer', 'admin']);
    const [before, change] = await harness.db.client.$transaction(async (tx) => {
      const [row] = await tx.$queryRaw<{ iat: bigint }[]>`
        SELECT last_iat AS iat FROM sessions WHERE id = ${sid}::uuid FOR UPDATE`;
      const changed = changeRoles(id, ['customer']);
      // The change waits for the exchange; otherwise it would have ended by now.
      await Promise.race([changed, delay(1000)]);
      await tx.$executeRaw`UPDATE sessions SET last_iat = last_iat + 1 WHERE id = ${sid}::uuid`;
      return [Number(row?.iat), changed] as const;
    });
    await change;
    const { notBefore } = await harness.db.client.session.findUniqueOrThrow({ where: { id: sid } });
    expect(Number(notBefore)).toBe(before + 1);
  });

  it('ends a session whose last token was issued with a clock two hours ahead', async () => {
    const { id, token, sid } = await logIn();
    const next = String(await replica(7200).refresh(token));
    await changeRoles(id, ['customer', 'admin']);
    expect(await replica(0).refresh(next)).toBe('invalid_refresh_token');
    const session = await harness.db.client.session.findUniqueOrThrow({ where: { id: sid } });
    expect(session.endReason).toBe('clock');
  });
});

describe('REFRESH_GRACE_SECONDS', () => {
  it.each([-3600, -40, 0, 40, 3600])(
    'counts from the exchange by one clock, on a replica that is %d s off',
    async (offset) => {
      const { token } = await logIn();
      const successor = await replica(0).refresh(token);
      expect(await replica(offset).refresh(token)).toBe(successor);
      await harness.advanceAll(graceSeconds);
      expect(await replica(offset).refresh(token)).toBe('invalid_refresh_token');
      expect(await replica(0).refresh(String(successor))).toBe('invalid_refresh_token');
    },
  );

  it.each([0, -40])('of 0 allows no repetition, on a replica that is %d s off, and stores no salt', async (offset) => {
    const { token, sid } = await logIn();
    const never = { graceSeconds: 0 };
    const successor = String(await replica(0, never).refresh(token));
    const salts = await harness.db.client.refreshToken.count({ where: { sessionId: sid, salt: { not: null } } });
    expect(salts).toBe(0);
    expect(await replica(offset, never).refresh(token)).toBe('invalid_refresh_token');
    expect(await replica(0, never).refresh(successor)).toBe('invalid_refresh_token');
  });

  it('of 0 prevents repetition on a replica that still has a grace', async () => {
    const { token } = await logIn();
    await replica(0, { graceSeconds: 0 }).refresh(token);
    expect(await replica(0).refresh(token)).toBe('invalid_refresh_token');
  });

  it('of 0 keeps one row for a session, however often it is refreshed', async () => {
    const { token, sid } = await logIn();
    const never = replica(0, { graceSeconds: 0 });
    let current = token;
    for (let round = 0; round < 5; round += 1) current = String(await never.refresh(current));
    const rows = await harness.db.client.refreshToken.findMany({ where: { sessionId: sid } });
    expect(rows.map(({ hash }) => Buffer.from(hash).toString('hex'))).toEqual([
      Buffer.from(hashRefreshToken(current)).toString('hex'),
    ]);
  });
});
