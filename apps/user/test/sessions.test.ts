import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { graceSeconds, type Harness, life, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const api = (method: 'get' | 'post' | 'delete', path: string, token: string) =>
  request(harness.server)[method](path).set('Authorization', `Bearer ${token}`);
const refresh = (refresh_token: string) => request(harness.server).post('/auth/refresh').send({ refresh_token });

async function logIn(email: string, userAgent = 'test') {
  const { body } = await request(harness.server)
    .post('/auth/login')
    .set('User-Agent', userAgent)
    .send({ email, password });
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  return {
    token: String(body.access_token),
    refreshToken: String(body.refresh_token),
    sid: String(claims.sid),
    claims,
  };
}

/** Returns the cut-offs of a session. */
async function cutOffsOf(sid: string) {
  const events = await harness.db.client.revocationEvent.findMany({
    where: { sessionId: sid },
    orderBy: { id: 'asc' },
  });
  return events.map(({ kind, reason, notBefore, keepUntil }) => ({
    kind,
    reason,
    notBefore: notBefore === null ? null : Number(notBefore),
    keepUntil: Number(keepUntil),
  }));
}

describe('GET /auth/sessions', () => {
  it("answers 200 with the user's own sessions, newest first, and marks the current one", async () => {
    const { email } = await harness.addUser();
    const phone = await logIn(email, 'Phone/1.0');
    harness.advance(5);
    const laptop = await logIn(email, 'Laptop/2.0');
    await logIn((await harness.addUser()).email);
    const { status, body } = await api('get', '/auth/sessions', laptop.token);
    expect(status).toBe(200);
    expect(body.next_cursor).toBeNull();
    const at = (seconds: number) => new Date(seconds * 1000).toISOString();
    expect(body.items).toEqual([
      {
        sid: laptop.sid,
        userAgent: 'Laptop/2.0',
        addressPrefix: '127.0.0.0/24',
        current: true,
        createdAt: at(harness.now()),
        lastUsedAt: at(harness.now()),
        expiresAt: at(harness.now() + life.idleSeconds),
      },
      expect.objectContaining({ sid: phone.sid, userAgent: 'Phone/1.0', current: false }),
    ]);
  });

  it('answers page by page', async () => {
    const { email } = await harness.addUser();
    const logins = [await logIn(email), await logIn(email), await logIn(email)];
    const token = logins[2]?.token ?? '';
    const first = await api('get', '/auth/sessions?limit=2', token);
    const second = await api('get', `/auth/sessions?limit=2&cursor=${first.body.next_cursor}`, token);
    const sids = [...first.body.items, ...second.body.items].map(({ sid }) => sid);
    expect(sids).toEqual(logins.map(({ sid }) => sid).reverse());
  });

  it('omits ended sessions, and lists one that ended because of reuse, with the reason', async () => {
    const { email } = await harness.addUser();
    const [stolen, gone] = [await logIn(email), await logIn(email)];
    await request(harness.server).post('/auth/logout').send({ refresh_token: gone.refreshToken });
    await refresh(stolen.refreshToken);
    await harness.advanceAll(graceSeconds);
    await refresh(stolen.refreshToken);
    const current = await logIn(email);
    const { body } = await api('get', '/auth/sessions', current.token);
    expect(body.items.map(({ sid, endReason }: { sid: string; endReason?: string }) => [sid, endReason])).toEqual([
      [current.sid, undefined],
      [stolen.sid, 'reuse'],
    ]);
  });

  it('answers 403 without the scope account', async () => {
    const token = harness.issuer.token({ aud: ['user'], scope: 'order:read' });
    expect((await api('get', '/auth/sessions', token)).body).toMatchObject({ status: 403, code: 'insufficient_scope' });
    expect((await request(harness.server).get('/auth/sessions')).status).toBe(401);
  });
});

describe('DELETE /auth/sessions/:sid', () => {
  it('answers 204 and ends one session, with a cut-off until its last token has expired', async () => {
    const { email } = await harness.addUser();
    const [mine, other] = [await logIn(email), await logIn(email)];
    expect((await api('delete', `/auth/sessions/${other.sid}`, mine.token)).status).toBe(204);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await refresh(mine.refreshToken)).status).toBe(200);
    const keepUntil = other.claims.iat + 600 + 10;
    expect(await cutOffsOf(other.sid)).toEqual([
      { kind: 'session-revoked', reason: 'ended', notBefore: null, keepUntil },
    ]);
    expect(await cutOffsOf(mine.sid)).toEqual([]);
  });

  it("answers 404 to another user's session, to an ended and to an unknown one", async () => {
    const [ada, bob] = [await harness.addUser(), await harness.addUser()];
    const [mine, others] = [await logIn(ada.email), await logIn(bob.email)];
    const end = async (sid: string) => (await api('delete', `/auth/sessions/${sid}`, mine.token)).body.code;
    expect(await end(others.sid)).toBe('not_found');
    expect(await end('019b0000-0000-7000-8000-000000000001')).toBe('not_found');
    expect(await end('nonsense')).toBe('not_found');
    expect((await refresh(others.refreshToken)).status).toBe(200);
  });
});

describe('POST /auth/logout-all', () => {
  it('answers 204 and ends every session of the user, and of no other user', async () => {
    const [ada, bob] = [await harness.addUser(), await harness.addUser()];
    const sessions = [await logIn(ada.email), await logIn(ada.email)];
    const others = await logIn(bob.email);
    expect((await api('post', '/auth/logout-all', sessions[0]?.token ?? '')).status).toBe(204);
    for (const { refreshToken, sid } of sessions) {
      expect((await refresh(refreshToken)).status).toBe(401);
      expect(await cutOffsOf(sid)).toMatchObject([{ kind: 'session-revoked', reason: 'logout_all' }]);
    }
    expect((await refresh(others.refreshToken)).status).toBe(200);
  });
});

describe('a cut-off', () => {
  it.each([
    [
      'a logout',
      'logout',
      ({ refreshToken }: { refreshToken: string }) =>
        request(harness.server).post('/auth/logout').send({ refresh_token: refreshToken }),
    ],
    [
      'a reuse',
      'reuse',
      async ({ refreshToken }: { refreshToken: string }) => {
        await refresh(refreshToken);
        await harness.advanceAll(graceSeconds);
        await refresh(refreshToken);
      },
    ],
  ])('is written at %s, once', async (_case, reason, cause) => {
    const login = await logIn((await harness.addUser()).email);
    await cause(login);
    await cause(login);
    expect(await cutOffsOf(login.sid)).toMatchObject([{ kind: 'session-revoked', reason }]);
  });

  it('of a password change excludes the session of the request', async () => {
    const { email } = await harness.addUser();
    const [mine, other] = [await logIn(email), await logIn(email)];
    const { status } = await request(harness.server)
      .put('/users/me/password')
      .set('Authorization', `Bearer ${mine.token}`)
      .send({ current: password, next: 'a completely different password' });
    expect(status).toBe(204);
    expect(await cutOffsOf(other.sid)).toMatchObject([{ kind: 'session-revoked', reason: 'password' }]);
    expect(await cutOffsOf(mine.sid)).toEqual([]);
  });

  const patchUser = async (id: string, changes: object) => {
    const admin = await logIn((await harness.addUser({ roles: ['admin'] })).email);
    const { status } = await request(harness.server)
      .patch(`/users/${id}`)
      .set('Authorization', `Bearer ${admin.token}`)
      .send(changes);
    expect(status).toBe(200);
  };

  it('of a disabled account is written for all its sessions', async () => {
    const { id, email } = await harness.addUser();
    const { sid, refreshToken } = await logIn(email);
    await patchUser(id, { disabled: true });
    expect(await cutOffsOf(sid)).toMatchObject([{ kind: 'session-revoked', reason: 'disabled' }]);
    expect((await refresh(refreshToken)).status).toBe(401);
  });

  it('of a role change includes the last token and excludes the next one', async () => {
    const { id, email } = await harness.addUser();
    const { sid, refreshToken, claims } = await logIn(email);
    await patchUser(id, { roles: ['customer', 'admin'] });
    const [cutOff] = await cutOffsOf(sid);
    expect(cutOff).toMatchObject({ kind: 'token-claims-change', reason: 'roles', notBefore: claims.iat });
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    const renewed = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
    expect(renewed).toMatchObject({ sid, roles: ['customer', 'admin'], iat: claims.iat + 1 });
  });

  it('includes every token that refreshes concurrent with role changes return', async () => {
    const { id, email } = await harness.addUser();
    const { sid, refreshToken } = await logIn(email);
    const rounds = 10;
    const refreshed: { iat: number; roles: string[] }[] = [];
    let token = refreshToken;
    const chain = (async () => {
      for (let round = 0; round < rounds; round += 1) {
        const { body } = await refresh(token);
        token = body.refresh_token;
        refreshed.push(JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()));
      }
    })();
    for (let round = 0; round < rounds; round += 1) {
      await patchUser(id, { roles: round % 2 === 0 ? ['customer', 'admin'] : ['customer'] });
    }
    await chain;
    const notBefore = Math.max(...(await cutOffsOf(sid)).map((cut) => cut.notBefore ?? 0));
    // A token after the last cut-off has the scopes of the last change.
    for (const { iat, roles } of refreshed) if (iat > notBefore) expect(roles).toEqual(['customer']);
    expect(refreshed).toHaveLength(rounds);
  });
});
