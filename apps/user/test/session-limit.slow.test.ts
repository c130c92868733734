import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, password } from './harness.ts';

const limit = 5;

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ sessionsPerAccount: limit });
});
afterAll(() => harness.close());

async function logIn(email: string) {
  const { status, body } = await request(harness.server).post('/auth/login').send({ email, password });
  expect(status).toBe(200);
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  return { sid: String(claims.sid), refreshToken: String(body.refresh_token) };
}
const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });
const running = (userId: string) => harness.db.client.session.count({ where: { userId, endedAt: null } });
const cutOffs = (sid: string) => harness.db.client.revocationEvent.findMany({ where: { sessionId: sid } });

describe('SESSIONS_PER_ACCOUNT', () => {
  it('ends only the oldest session at a login beyond the limit, with a cut-off and an audit event', async () => {
    const { id, email } = await harness.addUser();
    const logins = [];
    for (let count = 0; count < limit; count += 1) {
      logins.push(await logIn(email));
      harness.advance(1);
    }
    const [oldest, ...others] = logins;
    expect(await running(id)).toBe(limit);
    const newest = await logIn(email);
    expect(await running(id)).toBe(limit);
    expect((await refresh(oldest?.refreshToken ?? '')).status).toBe(401);
    for (const { refreshToken } of [...others, newest]) expect((await refresh(refreshToken)).status).toBe(200);
    const cut = { kind: 'session-revoked', reason: 'session_limit' };
    expect(await cutOffs(oldest?.sid ?? '')).toMatchObject([cut]);
    const events = harness.events().filter(({ audit }) => audit['reason'] === 'session_limit');
    expect(events.map(({ audit }) => audit)).toEqual([
      expect.objectContaining({ event: 'logout', outcome: 'ok', user: id, sid: oldest?.sid }),
    ]);
  });

  it('holds for concurrent logins, each of which gets a running session', async () => {
    const { id, email } = await harness.addUser();
    const logins = await Promise.all(Array.from({ length: 3 * limit }, () => logIn(email)));
    expect(await running(id)).toBe(limit);
    const refreshed = await Promise.all(logins.map(({ refreshToken }) => refresh(refreshToken)));
    expect(refreshed.filter(({ status }) => status === 200)).toHaveLength(limit);
  });

  it('does not end the new session on a replica whose clock is behind that of the others', async () => {
    const { id, email } = await harness.addUser();
    for (let count = 0; count < limit; count += 1) await logIn(email);
    harness.advance(-60);
    const behind = await logIn(email);
    harness.advance(60);
    expect((await refresh(behind.refreshToken)).status).toBe(200);
    expect(await running(id)).toBe(limit);
  });

  it('counts each account separately', async () => {
    const [ada, eve] = [await harness.addUser(), await harness.addUser()];
    const ofEve = await logIn(eve.email);
    for (let count = 0; count <= limit; count += 1) await logIn(ada.email);
    expect((await refresh(ofEve.refreshToken)).status).toBe(200);
  });

  it('ends all sessions beyond the limit of an account that had far more', async () => {
    const { id, email } = await harness.addUser();
    for (let count = 0; count < 3 * limit; count += 1) await harness.addSession(id);
    await logIn(email);
    expect(await running(id)).toBe(limit);
    const [event] = harness.events().filter(({ audit }) => audit['sessions'] !== undefined);
    expect(event?.audit).toMatchObject({ user: id, reason: 'session_limit', sessions: 2 * limit + 1 });
  });
});
