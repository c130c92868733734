import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, openHarness, origin, type Surroundings, useGateway } from './harness.ts';

let around: Surroundings;
let gateway: Harness;
useGateway((opened) => ({ around, gateway } = opened));

async function loggedIn(): Promise<Browser> {
  const browser = openBrowser(gateway.server);
  await browser.logIn(around.userApp);
  return browser;
}

const unknown = () => `__Host-session=${Buffer.from(`${Math.random()}`.padEnd(32)).toString('base64url')}`;
const other = '019b0000-0000-7000-8000-000000000001';
/** Sends a request with a cookie. Returns the status, and whether the answer deletes the cookie. */
const send = async (method: 'get' | 'post' | 'delete', path: string, cookie: string, server = gateway.server) => {
  const sent = request(server)[method](path).set({ Cookie: cookie, Origin: origin });
  const { status, headers } = await (method === 'post' ? sent.send({}) : sent);
  return [status, headers['set-cookie'] === undefined ? 'kept' : 'deleted'];
};

describe('a cookie without a session', () => {
  it.each([
    ['get', '/session', 401, 'deleted'],
    ['delete', '/session', 204, 'deleted'],
    ['get', '/sessions', 401, 'kept'],
    ['delete', `/sessions/${other}`, 401, 'kept'],
    ['get', '/products', 401, 'kept'],
    ['post', '/orders', 401, 'kept'],
  ] as const)('is answered by %s %s with %i: %s', async (method, path, status, expected) => {
    expect(await send(method, path, unknown())).toEqual([status, expected]);
  });

  it.each([
    ['get', '/session', 'deleted'],
    ['delete', '/session', 'deleted'],
    ['get', '/sessions', 'kept'],
    ['get', '/products', 'kept'],
  ] as const)('that is sent twice is answered by %s %s with 400: %s', async (method, path, expected) => {
    expect(await send(method, path, `${unknown()}; ${unknown()}`)).toEqual([400, expected]);
  });

  it('is not deleted in the answer to a request without a cookie, except a logout', async () => {
    expect(await send('get', '/session', 'theme=dark')).toEqual([401, 'kept']);
    expect(await send('delete', '/session', 'theme=dark')).toEqual([204, 'deleted']);
  });

  it('is answered without Clear-Site-Data, since the browser stores nothing of the gateway', async () => {
    const browser = await loggedIn();
    expect((await browser.send('delete', '/session')).headers['clear-site-data']).toBeUndefined();
  });
});

describe('a late answer', () => {
  it.each(['get', 'delete'] as const)(
    'to %s /session with the cookie from before a login does not delete the new cookie, at any replica',
    async (method) => {
      const replica = await openHarness(around);
      const before = (await loggedIn()).cookie;
      const stale = unknown();
      for (const cookie of [before, stale]) {
        await openBrowser(gateway.server, { cookie }).logIn(around.userApp);
        for (const { server } of [gateway, replica]) {
          expect(await send(method, '/session', cookie, server)).toEqual([method === 'get' ? 401 : 204, 'kept']);
        }
      }
      await replica.close();
    },
  );

  it('to a login that failed does not prevent the deletion of the cookie', async () => {
    const cookie = unknown();
    const { email } = around.userApp.user;
    await openBrowser(gateway.server, { cookie }).send('post', '/session', { email, password: 'wrong' });
    expect(await send('get', '/session', cookie)).toEqual([401, 'deleted']);
  });
});
