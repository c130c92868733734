import { describe, expect, it } from '@jest/globals';
import { hashSessionId } from '../src/sessions/session-id.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, type Surroundings, useGateway } from './harness.ts';
import { problem } from './user-app.ts';

let around: Surroundings;
let gateway: Harness;
useGateway((opened) => ({ around, gateway } = opened));

async function loggedIn(): Promise<Browser & { readonly sid: string; readonly id: string }> {
  const browser = openBrowser(gateway.server);
  const { body } = await browser.logIn(around.userApp);
  const { sid } = await gateway.db.client.session.findUniqueOrThrow({ where: { id: body.id } });
  return Object.assign(browser, { sid, id: body.id });
}

const rows = (id: string) => gateway.db.client.session.count({ where: { id } });
const refreshes = () => around.userApp.requests.filter(({ path }) => path === '/auth/refresh').length;

/** Routes that need a session. */
const routes = [
  ['get', '/session'],
  ['get', '/sessions'],
  ['delete', '/sessions/019b0000-0000-7000-8000-000000000001'],
  ['get', '/products'],
  ['post', '/orders'],
  ['put', '/users/me/password'],
] as const;

describe('a session whose claims have changed', () => {
  /** The effect of a role change by an admin, as the feed shows it. */
  function changeClaims({ sid }: { readonly sid: string }): void {
    around.claimsChanged.set(sid, Math.floor(around.now()));
    around.advance(1);
  }

  it.each(routes)('opens %s %s after one silent refresh, with the same cookie', async (method, path) => {
    const browser = await loggedIn();
    const { cookie } = browser;
    const before = refreshes();
    changeClaims(browser);
    for (let times = 0; times < 2; times += 1) {
      const answer = await browser.send(method, path, method === 'get' ? undefined : {});
      // The mock of the user app has no such route; no session has that id.
      expect(answer.status).toBe(method === 'put' || method === 'delete' ? 404 : 200);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(browser.cookie).toBe(cookie);
    expect(refreshes()).toBe(before + 1);
    expect(await rows(browser.id)).toBe(1);
  });

  it('has the new roles', async () => {
    const browser = await loggedIn();
    around.userApp.roles = ['customer', 'admin'];
    changeClaims(browser);
    expect((await browser.send('get', '/session')).body.user.roles).toEqual(['customer', 'admin']);
    around.userApp.roles = ['customer'];
  });

  it('is refreshed once for many concurrent requests', async () => {
    const browser = await loggedIn();
    const before = refreshes();
    changeClaims(browser);
    const answers = await Promise.all(Array.from({ length: 30 }, () => browser.send('get', '/products')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(refreshes()).toBe(before + 1);
  });

  it('is refreshed when only a service knows of the change, and the request is carried out', async () => {
    const browser = await loggedIn();
    const before = [refreshes(), around.service.received.length] as const;
    let token: string | undefined;
    around.service.answer((res) => {
      const { authorization } = res.req.headers;
      token ??= authorization;
      if (authorization === token) problem(res, 401, 'token_revoked');
      else res.writeHead(201, { 'content-length': '2' }).end('{}');
    });
    const answer = await browser.send('post', '/orders', { items: [1] });
    around.service.answer(undefined);
    expect(answer.status).toBe(201);
    expect(refreshes()).toBe(before[0] + 1);
    expect(around.service.received.slice(before[1]).map(({ body }) => body)).toEqual(Array(2).fill('{"items":[1]}'));
    expect((await browser.send('get', '/session')).status).toBe(200);
  });

  it('is kept, and answered 503, while the user app is unavailable', async () => {
    const browser = await loggedIn();
    changeClaims(browser);
    await around.userApp.stop();
    for (const [method, path] of routes) {
      const answer = await browser.send(method, path, method === 'get' ? undefined : {});
      expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
      around.advance(2);
    }
    await around.userApp.start();
    expect((await browser.send('get', '/session')).status).toBe(200);
  });

  it('ends when the user app refuses the refresh', async () => {
    const browser = await loggedIn();
    around.userApp.end(browser.sid);
    changeClaims(browser);
    expect((await browser.send('get', '/session')).status).toBe(401);
    expect(await rows(browser.id)).toBe(0);
  });

  it('is refreshed only a few times when a service refuses every token', async () => {
    const browser = await loggedIn();
    const before = refreshes();
    around.service.answer((res) => problem(res, 401, 'token_revoked'));
    for (let times = 0; times < 12; times += 1) {
      const answer = await browser.send('get', '/products');
      expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
    }
    around.service.answer(undefined);
    expect(refreshes() - before).toBeLessThanOrEqual(5);
    expect((await browser.send('get', '/products')).status).toBe(200);
  });

  it('is kept when a service answers that every token is invalid, and that answer is forwarded', async () => {
    const browser = await loggedIn();
    around.service.answer((res) => problem(res, 401, 'invalid_token'));
    for (let times = 0; times < 8; times += 1) {
      const answer = await browser.send('get', '/products');
      expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
    }
    around.service.answer(undefined);
    expect((await browser.send('get', '/products')).status).toBe(200);
  });

  it('opens nothing with a cookie of another session', async () => {
    const browser = await loggedIn();
    changeClaims(browser);
    await browser.send('get', '/session');
    const row = await gateway.db.client.session.findUniqueOrThrow({ where: { id: browser.id } });
    const id = browser.cookie.slice(browser.cookie.indexOf('=') + 1);
    expect(Buffer.from(row.hash).toString('base64url')).toBe(hashSessionId(id));
  });
});
