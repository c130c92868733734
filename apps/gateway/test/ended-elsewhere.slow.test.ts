import { describe, expect, it } from '@jest/globals';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, type Surroundings, useGateway } from './harness.ts';

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

/** Routes that need a session. */
const routes = [
  ['get', '/session'],
  ['get', '/sessions'],
  ['delete', '/sessions/019b0000-0000-7000-8000-000000000001'],
  ['get', '/products'],
  ['post', '/orders'],
  ['put', '/users/me/password'],
] as const;

describe('a session that ended at the user app', () => {
  it.each(routes)(
    'does not open %s %s after its event in the revocation feed, and its row is removed',
    async (method, path) => {
      const browser = await loggedIn();
      const before = around.service.received.length;
      around.revoked.add(browser.sid);
      const answer = await browser.send(method, path, method === 'get' ? undefined : {});
      expect([answer.status, answer.body.code]).toEqual([401, 'no_session']);
      expect(around.service.received).toHaveLength(before);
      expect(await rows(browser.id)).toBe(0);
      // The session stays ended after the feed has removed its event.
      around.revoked.delete(browser.sid);
      expect((await browser.send(method, path, method === 'get' ? undefined : {})).status).toBe(401);
    },
  );

  it.each(routes)(
    'does not open %s %s after its access token expired, when the feed missed the event',
    async (method, path) => {
      const browser = await loggedIn();
      around.userApp.end(browser.sid);
      around.advance(700);
      const answer = await browser.send(method, path, method === 'get' ? undefined : {});
      expect([answer.status, answer.body.code]).toEqual([401, 'no_session']);
      expect(await rows(browser.id)).toBe(0);
    },
  );

  it('is answered 503 while the user app is unavailable, and is kept', async () => {
    const browser = await loggedIn();
    around.advance(700);
    await around.userApp.stop();
    for (const [method, path] of routes) {
      const answer = await browser.send(method, path, method === 'get' ? undefined : {});
      expect([answer.status, answer.body.code]).toEqual([503, 'unavailable']);
      expect(answer.headers['retry-after']).toBeDefined();
      expect(answer.headers['set-cookie']).toBeUndefined();
      around.advance(2);
    }
    await around.userApp.start();
    expect((await browser.send('get', '/session')).status).toBe(200);
  });

  it('can be logged out while the user app is unavailable', async () => {
    const browser = await loggedIn();
    const { cookie } = browser;
    around.advance(700);
    await around.userApp.stop();
    expect((await browser.send('delete', '/session')).status).toBe(204);
    await around.userApp.start();
    expect((await openBrowser(gateway.server, { cookie }).send('get', '/session')).status).toBe(401);
  });

  it('is in no list of sessions', async () => {
    const [here, ended, there] = [await loggedIn(), await loggedIn(), await loggedIn()];
    around.revoked.add(ended.sid);
    const { body } = await here.send('get', '/sessions');
    const ids = body.items.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(expect.arrayContaining([here.id, there.id]));
    expect(ids).not.toContain(ended.id);
    expect(await rows(ended.id)).toBe(0);
  });
});
