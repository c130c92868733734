import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { graceSeconds, type Harness, life, openHarness, password } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const refresh = (refresh_token: string, wanted: object = {}) =>
  request(harness.server)
    .post('/auth/refresh')
    .send({ refresh_token, ...wanted });
const logOut = (refresh_token: string) => request(harness.server).post('/auth/logout').send({ refresh_token });

/** Logs a new user in. */
async function logIn({
  roles = ['customer'],
  ...wanted
}: {
  roles?: string[];
  scope?: string;
  audience?: string[];
} = {}) {
  const { id, email } = await harness.addUser({ roles });
  const { body } = await request(harness.server)
    .post('/auth/login')
    .send({ email, password, ...wanted });
  return { id, refreshToken: String(body.refresh_token), claims: claimsOf(body.access_token) };
}

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function expectRefused(refreshToken: string) {
  const { headers, body } = await refresh(refreshToken);
  expect(headers).toMatchObject({ 'www-authenticate': 'Bearer realm="api"', 'cache-control': 'no-store' });
  expect(body).toMatchObject({ status: 401, code: 'invalid_refresh_token', detail: 'Log in again.' });
}

describe('POST /auth/refresh', () => {
  it('answers 200 with new tokens of the same session', async () => {
    const { refreshToken, claims } = await logIn();
    harness.advance(60);
    const { status, headers, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      scope: claims.scope,
    });
    expect(body.refresh_token).not.toBe(refreshToken);
    const { sub, sid, scope, aud, roles, auth_time } = claims;
    const renewed = claimsOf(body.access_token);
    // The password was not checked since the login.
    expect(renewed).toMatchObject({ sub, sid, scope, aud, roles, auth_time, iat: claims.iat + 60 });
    expect(renewed.jti).not.toBe(claims.jti);
  });

  it('accepts each token once: a reuse ends the session with its tokens', async () => {
    const { refreshToken } = await logIn();
    const second = (await refresh(refreshToken)).body.refresh_token;
    const third = (await refresh(second)).body.refresh_token;
    await harness.advanceAll(graceSeconds);
    await expectRefused(refreshToken);
    await expectRefused(second);
    await expectRefused(third);
  });

  it('ends the session at a reuse that requests too much, and not at such a first use', async () => {
    const { refreshToken } = await logIn();
    expect((await refresh(refreshToken, { scope: 'user:admin' })).status).toBe(422);
    const second = (await refresh(refreshToken)).body.refresh_token;
    await harness.advanceAll(graceSeconds);
    expect((await refresh(refreshToken, { scope: 'user:admin' })).status).toBe(401);
    await expectRefused(second);
  });

  it('does not end the other sessions of the user', async () => {
    const { email } = await harness.addUser();
    const login = async () => (await request(harness.server).post('/auth/login').send({ email, password })).body;
    const [one, other] = [await login(), await login()];
    await refresh(one.refresh_token);
    await harness.advanceAll(graceSeconds);
    await expectRefused(one.refresh_token);
    expect((await refresh(other.refresh_token)).status).toBe(200);
  });

  it('returns the same successor to 50 concurrent uses of a token, so the session has one chain', async () => {
    const { refreshToken, claims } = await logIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const [successor, ...others] = new Set(answers.map(({ body }) => body.refresh_token));
    expect(others).toEqual([]);
    // Each answer has a different access token, and the session has one unused refresh token.
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(50);
    const tokens = await harness.db.client.refreshToken.findMany({ where: { sessionId: claims.sid } });
    expect(tokens.filter(({ usedAt }) => usedAt === null)).toHaveLength(1);
    expect(tokens).toHaveLength(2);
    expect((await refresh(successor ?? '')).status).toBe(200);
  });

  it('continues from a used successor when its answer was lost twice', async () => {
    const { refreshToken } = await logIn();
    const first = (await refresh(refreshToken)).body.refresh_token;
    const second = (await refresh(first)).body.refresh_token;
    expect((await refresh(refreshToken)).body.refresh_token).toBe(first);
    expect((await refresh(first)).body.refresh_token).toBe(second);
    expect((await refresh(second)).status).toBe(200);
  });

  it('returns the same successor during the grace; a reuse after it revokes all descendants', async () => {
    const { refreshToken } = await logIn();
    const successor = (await refresh(refreshToken)).body.refresh_token;
    expect((await refresh(refreshToken)).body.refresh_token).toBe(successor);
    await harness.advanceAll(graceSeconds);
    await expectRefused(refreshToken);
    await expectRefused(successor);
  });

  it('stores no data from which the successor can be derived', async () => {
    const { refreshToken, claims } = await logIn();
    await refresh(refreshToken);
    const tokens = await harness.db.client.refreshToken.findMany({ where: { sessionId: claims.sid } });
    const [used] = tokens.filter(({ usedAt }) => usedAt !== null);
    const stored = JSON.stringify(
      tokens.map(({ hash, salt }) => [hash, salt].map((bytes) => Buffer.from(bytes ?? []).toString('base64url'))),
    );
    expect(used?.salt).toHaveLength(32);
    expect(stored).not.toContain(refreshToken);
    const guess = createHmac('sha256', used?.hash ?? '')
      .update(used?.salt ?? '')
      .digest('base64url');
    await expectRefused(guess);
  });

  it('narrows one token and not the session', async () => {
    const { refreshToken, claims } = await logIn();
    const { body } = await refresh(refreshToken, { scope: 'order:read', audience: ['order'] });
    expect(body.scope).toBe('order:read');
    expect(claimsOf(body.access_token)).toMatchObject({ scope: 'order:read', aud: ['order'] });
    const { access_token } = (await refresh(body.refresh_token)).body;
    expect(claimsOf(access_token)).toMatchObject({ scope: claims.scope, aud: claims.aud });
  });

  it.each([
    [{ scope: 'order:read order:write' }, '/scope'],
    [{ scope: 'order:read everything' }, '/scope'],
    [{ audience: ['order', 'user'] }, '/audience'],
  ])('answers 422 to more than the login granted (%j), and the token stays valid', async (wanted, pointer) => {
    const { refreshToken } = await logIn({ scope: 'order:read', audience: ['order'] });
    const { body } = await refresh(refreshToken, wanted);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields', errors: [{ pointer }] });
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('removes the scopes of a removed role', async () => {
    const { id, refreshToken, claims } = await logIn({ roles: ['admin'] });
    expect(claims.scope).toContain('user:admin');
    await harness.db.client.user.update({ where: { id }, data: { roles: ['customer'] } });
    const { body } = await refresh(refreshToken);
    expect(body.scope).toBe('account product:read order:read order:write');
    expect(claimsOf(body.access_token)).toMatchObject({ roles: ['customer'], scope: body.scope });
  });

  it('adds no scope of a role that was granted after the login', async () => {
    const { id, refreshToken, claims } = await logIn();
    await harness.db.client.user.update({ where: { id }, data: { roles: ['customer', 'admin'] } });
    expect((await refresh(refreshToken)).body.scope).toBe(claims.scope);
  });

  it('answers 401 to an unknown token and to an access token', async () => {
    await expectRefused('A'.repeat(43));
    const answer = await refresh(harness.issuer.token());
    expect(answer.body).toMatchObject({ status: 422, errors: [{ pointer: '/refresh_token' }] });
  });

  it('answers 401 when the account was disabled', async () => {
    const { id, refreshToken } = await logIn();
    await harness.db.client.user.update({ where: { id }, data: { disabledAt: new Date() } });
    await expectRefused(refreshToken);
  });

  it('answers 401 when the session has expired, however often it was refreshed', async () => {
    const { refreshToken } = await logIn();
    let token = refreshToken;
    for (let spent = 0; spent + life.idleSeconds - 1 < life.absoluteSeconds; spent += life.idleSeconds - 1) {
      harness.advance(life.idleSeconds - 1);
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      token = body.refresh_token;
    }
    harness.advance(life.absoluteSeconds % (life.idleSeconds - 1));
    await expectRefused(token);
  });

  it('answers 401 when the session was idle for too long', async () => {
    const { refreshToken } = await logIn();
    harness.advance(life.idleSeconds - 1);
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    harness.advance(life.idleSeconds);
    await expectRefused(body.refresh_token);
  });
});

describe('POST /auth/logout', () => {
  it('answers 204 and ends the session', async () => {
    const { refreshToken } = await logIn();
    const { status, text } = await logOut(refreshToken);
    expect([status, text]).toEqual([204, '']);
    await expectRefused(refreshToken);
  });

  it('ends the session of a used token', async () => {
    const { refreshToken } = await logIn();
    const { body } = await refresh(refreshToken);
    await logOut(refreshToken);
    await expectRefused(body.refresh_token);
  });

  it('answers 204 to an unknown token and to a token of an ended session', async () => {
    const { refreshToken } = await logIn();
    await logOut(refreshToken);
    expect((await logOut(refreshToken)).status).toBe(204);
    expect((await logOut('A'.repeat(43))).status).toBe(204);
  });

  it('answers 422 to an unknown field', async () => {
    const { body } = await request(harness.server).post('/auth/logout').send({ token: 'x' });
    const errors = [{ pointer: '/refresh_token' }, { pointer: '/token' }];
    expect(body).toMatchObject({ status: 422, errors });
  });
});
