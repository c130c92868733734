import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createTestIssuer } from '@auth/verify/testing';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { hashSessionId } from '../src/sessions/session-id.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, openHarness, origin, type Surroundings, useGateway } from './harness.ts';
import { problem, send } from './user-app.ts';

let around: Surroundings;
let gateway: Harness;
useGateway((opened) => ({ around, gateway } = opened));

async function loggedIn(): Promise<Browser> {
  const browser = openBrowser(gateway.server);
  await browser.logIn(around.userApp).then(({ status }) => expect(status).toBe(201));
  return browser;
}

const rowOf = ({ cookie }: Browser) =>
  gateway.db.client.session.findUnique({
    where: { hash: Buffer.from(hashSessionId(cookie.slice(cookie.indexOf('=') + 1)), 'base64url') },
  });

const openConnections = promisify<Server, number>((server, callback) => server.getConnections(callback));

describe('POST /session', () => {
  it('logs in at the user app, and answers with a cookie and no token', async () => {
    const browser = openBrowser(gateway.server);
    const answer = await browser.logIn(around.userApp);
    expect(answer.status).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    expect(answer.body).toMatchObject({ user: { id: around.userApp.user.id, roles: ['customer'] } });
    expect(JSON.stringify(answer.body)).not.toContain('eyJ');
  });

  it('stores only a hash of the cookie and encrypted tokens', async () => {
    const browser = await loggedIn();
    const row = await rowOf(browser);
    const text = Buffer.from(JSON.stringify(row)).toString();
    expect(text).not.toContain(browser.cookie.split('=')[1]);
    for (const sealed of [row?.accessToken, row?.refreshToken]) {
      expect(Buffer.from(sealed ?? []).toString('latin1', 1)).toMatch(/^session\.1/);
      expect(Buffer.from(sealed ?? []).toString('latin1')).not.toContain('eyJ');
    }
  });

  it('creates a new id at each login, and ends the previous session of the browser', async () => {
    const browser = await loggedIn();
    const before = browser.cookie;
    await browser.logIn(around.userApp);
    expect(browser.cookie).not.toBe(before);
    const old = openBrowser(gateway.server, { cookie: before });
    expect((await old.send('get', '/session')).status).toBe(401);
    expect((await browser.send('get', '/session')).status).toBe(200);
  });

  it('never uses an id that the browser sends', async () => {
    const planted = openBrowser(gateway.server, { cookie: `__Host-session=${'A'.repeat(43)}` });
    await planted.logIn(around.userApp);
    expect(planted.cookie).not.toContain('AAAAA');
  });

  it('sends the user agent and the address of the client to the user app', async () => {
    const { email, password } = around.userApp.user;
    await request(gateway.server)
      .post('/session')
      .set({ Origin: origin, 'User-Agent': 'Browser/1', 'X-Forwarded-For': '203.0.113.9' })
      .send({ email, password });
    const asked = around.userApp.requests.filter(({ path }) => path === '/auth/login').at(-1);
    expect(asked?.headers['user-agent']).toBe('Browser/1');
    expect(asked?.headers['x-forwarded-for']).toMatch(/127\.0\.0\.1$/);
  });

  it('forwards the problem of a wrong password, and sets no cookie', async () => {
    const { email } = around.userApp.user;
    const answer = await openBrowser(gateway.server).send('post', '/session', { email, password: 'wrong' });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'invalid_credentials' });
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['www-authenticate']).toBeDefined();
  });

  it('answers 503 while too many logins are running, and keeps no slot for them', async () => {
    const narrow = await openHarness(around, { connections: 1 });
    let goOn = () => {};
    around.userApp.hold(new Promise<void>((resolve) => (goOn = resolve)));
    const before = around.userApp.requests.length;
    const logins = Array.from({ length: 3 }, () => openBrowser(narrow.server).logIn(around.userApp));
    // One is running, one waits for its slot.
    const refused = await Promise.race(logins);
    expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(around.userApp.requests.length).toBeLessThanOrEqual(before + 1);
    around.userApp.hold(Promise.resolve());
    goOn();
    expect((await Promise.all(logins)).map(({ status }) => status).sort()).toEqual([201, 201, 503]);
    expect((await openBrowser(narrow.server).logIn(around.userApp)).status).toBe(201);
    await narrow.close();
  });

  it('keeps slots for other clients while one client has as many running logins as it may', async () => {
    const shared = await openHarness(around, { connections: 8, trustedProxies: ['127.0.0.1'] });
    let goOn = () => {};
    around.userApp.hold(new Promise<void>((resolve) => (goOn = resolve)));
    const before = around.userApp.requests.length;
    const logInFrom = async (address: string) => {
      const { email, password } = around.userApp.user;
      return openBrowser(shared.server).send('post', '/session', { email, password }).set('X-Forwarded-For', address);
    };
    // One is running, four wait for its slot.
    const logins = Array.from({ length: 6 }, () => logInFrom('192.0.2.1'));
    expect((await Promise.race(logins)).status).toBe(503);
    const elsewhere = logInFrom('192.0.2.2');
    const asked = () => around.userApp.requests.slice(before).map(({ headers }) => headers['x-forwarded-for']);
    while (!asked().includes('192.0.2.2')) await delay(5);
    around.userApp.hold(Promise.resolve());
    goOn();
    expect((await elsewhere).status).toBe(201);
    await Promise.all(logins);
    expect((await logInFrom('192.0.2.1')).status).toBe(201);
    await shared.close();
  });

  it('stores no session, and ends none, when the client leaves before it is answered', async () => {
    const browser = await loggedIn();
    let goOn = () => {};
    around.userApp.hold(new Promise<void>((resolve) => (goOn = resolve)));
    const [before, ended] = [around.userApp.requests.length, around.userApp.loggedOut.size];
    const rows = await gateway.db.client.session.count();
    const { email, password } = around.userApp.user;
    const leaving = browser.send('post', '/session', { email, password });
    leaving.end(() => undefined);
    while (around.userApp.requests.length === before) await delay(5);
    leaving.abort();
    while ((await openConnections(gateway.server)) > 0) await delay(5);
    around.userApp.hold(Promise.resolve());
    goOn();
    while (around.userApp.loggedOut.size === ended) await delay(5);
    expect(await gateway.db.client.session.count()).toBe(rows);
    expect((await browser.send('get', '/session')).status).toBe(200);
  });

  it('forwards a 429 of the user app with its headers', async () => {
    around.userApp.answer((res) => problem(res, 429, 'rate_limited', { 'retry-after': '17' }));
    const answer = await openBrowser(gateway.server).logIn(around.userApp);
    around.userApp.answer(undefined);
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('17');
  });

  it.each([
    ['answers with HTML', 502, (res: import('node:http').ServerResponse) => void res.end('<h1>')],
    ['closes the connection', 503, (res: import('node:http').ServerResponse) => void res.destroy()],
    ['does not answer', 504, () => undefined],
    ['answers 500', 502, (res: import('node:http').ServerResponse) => problem(res, 500, 'internal')],
    ['answers 503', 503, (res: import('node:http').ServerResponse) => problem(res, 503, 'unavailable')],
  ])('when the user app %s answers %i', async (_what, status, answer) => {
    around.userApp.answer(answer);
    const refused = await openBrowser(gateway.server).logIn(around.userApp);
    around.userApp.answer(undefined);
    expect(refused.status).toBe(status);
    expect(refused.headers['set-cookie']).toBeUndefined();
  });

  it('answers 502 when the token of the user app is not valid, and undoes the login', async () => {
    const foreign = createTestIssuer({ issuer: around.issuer.issuer, audience: ['user'], now: around.now });
    around.userApp.answer((res) => send(res, 200, { access_token: foreign.token(), refresh_token: 'of-it' }));
    const answer = await openBrowser(gateway.server).logIn(around.userApp);
    around.userApp.answer(undefined);
    expect([answer.status, answer.body.code]).toEqual([502, 'upstream_failed']);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(around.userApp.requests.at(-1)?.path).toBe('/auth/logout');
  });

  it.each([
    ['without an origin', {}],
    ['from another site', { Origin: 'https://evil.example' }],
    ['from another site by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('refuses a request %s', async (_from, headers) => {
    const { email, password } = around.userApp.user;
    const answer = await request(gateway.server).post('/session').set(headers).send({ email, password });
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('lists every wrong field', async () => {
    const answer = await openBrowser(gateway.server).send('post', '/session', { email: 1, extra: true });
    expect(answer.status).toBe(422);
    const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['/email', '/extra', '/password']);
  });
});
