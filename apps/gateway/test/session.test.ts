import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { hashSessionId } from '../src/sessions/session-id.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, life, type Surroundings, useGateway } from './harness.ts';

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

/** Waits for the time of last use in the row: answers do not wait for it. */
async function useIsNoted(browser: Browser): Promise<void> {
  while ((await rowOf(browser))?.lastUsedAt.getTime() !== around.now() * 1000) await delay(5);
}

describe('GET /session', () => {
  it('answers with the session of the cookie only, which no cache may store', async () => {
    const browser = await loggedIn();
    const answer = await browser.send('get', '/session');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      user: { id: around.userApp.user.id },
      scope: expect.stringContaining('order:write'),
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await openBrowser(gateway.server).send('get', '/session')).status).toBe(401);
  });

  it.each([
    ['without a session', `__Host-session=${'B'.repeat(43)}`],
    ['that is no session id', '__Host-session=x'],
  ])('deletes a cookie %s', async (_what, cookie) => {
    const answer = await openBrowser(gateway.server, { cookie }).send('get', '/session');
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'no_session' });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
    expect(answer.headers['set-cookie']).toEqual([expect.stringContaining('__Host-session=; Max-Age=0')]);
  });

  it('refuses two session cookies, and a cookie together with a token', async () => {
    const { cookie } = await loggedIn();
    const two = await request(gateway.server)
      .get('/session')
      .set('Cookie', `${cookie}; __Host-session=${'A'.repeat(43)}`);
    expect(two.status).toBe(400);
    const both = await request(gateway.server).get('/session').set('Cookie', cookie).set('Authorization', 'Bearer x');
    expect(both.status).toBe(400);
  });

  it('ends a session whose tokens are revoked', async () => {
    const browser = await loggedIn();
    const row = await rowOf(browser);
    around.revoked.add(row?.sid ?? '');
    expect((await browser.send('get', '/session')).status).toBe(401);
    expect(await gateway.db.client.session.count({ where: { id: row?.id ?? '' } })).toBe(0);
  });
});

describe('DELETE /session', () => {
  it('ends the session here and at the user app', async () => {
    const browser = await loggedIn();
    const row = await rowOf(browser);
    const stolen = browser.cookie;
    const answer = await browser.send('delete', '/session');
    expect(answer.status).toBe(204);
    expect(answer.headers['set-cookie']).toEqual([expect.stringContaining('Max-Age=0')]);
    expect(around.userApp.loggedOut).toContain(row?.sid);
    expect((await openBrowser(gateway.server, { cookie: stolen }).send('get', '/session')).status).toBe(401);
    expect(await gateway.db.client.session.count({ where: { id: row?.id ?? '' } })).toBe(0);
  });

  it('ends the session here at once when the user app is down, and keeps its refresh token for a later notification', async () => {
    const browser = await loggedIn();
    const row = await rowOf(browser);
    const stolen = browser.cookie;
    await around.userApp.stop();
    expect((await browser.send('delete', '/session')).status).toBe(204);
    await around.userApp.start();
    expect((await openBrowser(gateway.server, { cookie: stolen }).send('get', '/session')).status).toBe(401);
    const [left] = await gateway.backgroundStore.findEnded(around.now(), 10);
    expect(left).toMatchObject({ id: row?.id, sid: row?.sid });
    if (left !== undefined) await gateway.sessions.notify(left);
    expect(around.userApp.loggedOut).toContain(row?.sid);
    expect(await gateway.backgroundStore.findEnded(around.now(), 10)).toEqual([]);
  });

  it('answers the same without a session', async () => {
    expect((await openBrowser(gateway.server).send('delete', '/session')).status).toBe(204);
  });

  it('refuses a page of another site', async () => {
    const browser = await loggedIn();
    const answer = await request(gateway.server)
      .delete('/session')
      .set({ Cookie: browser.cookie, Origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect((await browser.send('get', '/session')).status).toBe(200);
  });
});

describe('a session', () => {
  it('ends when it is idle for too long, and not while it is used', async () => {
    const [used, left] = [await loggedIn(), await loggedIn()];
    for (let hours = 0; hours < 26; hours += 2) {
      around.advance(2 * 3600);
      expect((await used.send('get', '/session')).status).toBe(200);
      await useIsNoted(used);
    }
    expect((await left.send('get', '/session')).status).toBe(401);
  });

  it('ends at its longest life, although it is used', async () => {
    const browser = await loggedIn();
    for (let seconds = 0; seconds < life.absoluteSeconds; seconds += life.idleSeconds / 2) {
      expect((await browser.send('get', '/session')).status).toBe(200);
      await useIsNoted(browser);
      around.advance(life.idleSeconds / 2);
    }
    expect((await browser.send('get', '/session')).status).toBe(401);
  });

  it('ends when the key of its tokens is removed', async () => {
    const browser = await loggedIn();
    const [key] = around.keys.splice(0, 1);
    expect((await browser.send('get', '/session')).status).toBe(401);
    if (key !== undefined) around.keys.push(key);
  });
});

describe('GET /sessions', () => {
  it('lists the sessions of the user, of which one can be ended', async () => {
    const [here, there] = [await loggedIn(), await loggedIn()];
    const other = await rowOf(there);
    const { body } = await here.send('get', '/sessions?limit=2');
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({ id: other?.id, current: false, addressPrefix: '127.0.0.0/24' });
    expect(body.items[1]).toMatchObject({ current: true });
    expect((await here.send('delete', `/sessions/${other?.id}`)).status).toBe(204);
    expect((await there.send('get', '/session')).status).toBe(401);
    expect(around.userApp.loggedOut).toContain(other?.sid);
    expect((await here.send('delete', `/sessions/${other?.id}`)).status).toBe(404);
  });

  it('answers page by page', async () => {
    const browser = await loggedIn();
    await loggedIn();
    const first = (await browser.send('get', '/sessions?limit=1')).body;
    const second = (await browser.send('get', `/sessions?limit=1&cursor=${first.next_cursor}`)).body;
    expect(second.items).toHaveLength(1);
    expect(second.items[0].id < first.items[0].id).toBe(true);
  });
});

describe('the audit trail of sessions', () => {
  it('has logins and logouts, without a token or a cookie', async () => {
    const browser = await loggedIn();
    const row = await rowOf(browser);
    await browser.send('delete', '/session');
    const events = gateway.events().filter(({ audit }) => audit['session'] === row?.id);
    expect(events.map(({ audit }) => `${audit['event']} ${audit['outcome']}`)).toEqual(['login ok', 'logout ok']);
    expect(JSON.stringify(events)).not.toContain('eyJ');
  });
});
