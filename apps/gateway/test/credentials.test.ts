import { databaseNowhere, expectUnavailable } from '@auth/testkit/app';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { openBrowser } from './browser.ts';
import { type Harness, openHarness, origin, type Surroundings, trustedOrigin, useGateway } from './harness.ts';
import { problem } from './user-app.ts';

let around: Surroundings;
let gateway: Harness;
useGateway((opened) => ({ around, gateway } = opened));
afterEach(() => around.service.answer(undefined));

async function loggedIn() {
  const browser = openBrowser(gateway.server);
  await browser.logIn(around.userApp);
  return browser;
}
const authorizationOf = ({ body }: request.Response) => body.headers.authorization;

describe('a request with a session cookie', () => {
  it('reaches the service with a valid token, and without the cookie', async () => {
    const browser = await loggedIn();
    const answer = await browser.send('post', '/orders?draft=1', { items: [] });
    expect(answer.status).toBe(200);
    const { method, target, headers, body } = answer.body;
    expect([method, target, body]).toEqual(['POST', '/orders?draft=1', '{"items":[]}']);
    expect(headers.cookie).toBeUndefined();
    const { payload } = decode(headers.authorization);
    expect(payload).toMatchObject({ sub: around.userApp.user.id, aud: expect.arrayContaining(['order']) });
  });

  it('is forwarded with the token of its own session', async () => {
    const browsers = await Promise.all(Array.from({ length: 20 }, loggedIn));
    const sids = browsers.map(
      async (browser) => decode(authorizationOf(await browser.send('get', '/products'))).payload.sid,
    );
    expect(new Set(await Promise.all(sids)).size).toBe(20);
  });

  it('answers 401 when the service answers token_revoked and the session has ended at the user app', async () => {
    const browser = await loggedIn();
    const { cookie } = browser;
    const { payload } = decode(authorizationOf(await browser.send('get', '/products')));
    around.service.answer((res) => problem(res, 401, 'token_revoked'));
    around.userApp.end(payload.sid);
    const answer = await browser.send('get', '/products');
    expect([answer.status, answer.body.code]).toEqual([401, 'no_session']);
    // A late answer must not delete a new cookie.
    expect(answer.headers['set-cookie']).toBeUndefined();
    around.service.answer(undefined);
    expect((await openBrowser(gateway.server, { cookie }).send('get', '/products')).status).toBe(401);
  });

  it('keeps its session when the service refuses it for another reason', async () => {
    const browser = await loggedIn();
    around.service.answer((res) => problem(res, 401, 'invalid_token'));
    const answer = await browser.send('get', '/products');
    expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
    around.service.answer(undefined);
    expect((await browser.send('get', '/products')).status).toBe(200);
  });

  it('must come from a page of the gateway if it changes something', async () => {
    const { cookie } = await loggedIn();
    const before = around.service.received.length;
    const send = (headers: Record<string, string>) =>
      request(gateway.server)
        .post('/orders')
        .set({ Cookie: cookie, 'Content-Type': 'application/json', ...headers })
        .send('{}');
    expect((await send({})).status).toBe(403);
    expect((await send({ Origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({ Origin: origin, 'Content-Type': 'text/plain' })).status).toBe(415);
    expect(around.service.received).toHaveLength(before);
    expect((await send({ Origin: origin })).status).toBe(200);
  });

  it('gets an answer that a page of a trusted origin may read', async () => {
    const { cookie } = await loggedIn();
    const { headers } = await request(gateway.server).get('/products').set({ Cookie: cookie, Origin: trustedOrigin });
    expect(headers).toMatchObject({
      'access-control-allow-origin': trustedOrigin,
      vary: expect.stringContaining('Origin'),
    });
  });
});

describe('a request with a token of its own', () => {
  it('is forwarded unchanged from any origin', async () => {
    const answer = await request(gateway.server)
      .post('/orders')
      .set({ Authorization: 'Bearer of-my-own', Origin: 'https://elsewhere.example', 'Content-Type': 'text/plain' })
      .send('anything');
    expect(authorizationOf(answer)).toBe('Bearer of-my-own');
    expect(answer.body.body).toBe('anything');
  });

  it('is refused together with a session cookie', async () => {
    const { cookie } = await loggedIn();
    const answer = await request(gateway.server).get('/products').set({ Cookie: cookie, Authorization: 'Bearer x' });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request']);
  });
});

describe('a request without credentials', () => {
  it('is forwarded without credentials', async () => {
    const answer = await request(gateway.server).get('/products').set('Cookie', 'theme=dark');
    expect([answer.status, authorizationOf(answer), answer.body.headers.cookie]).toEqual([200, undefined, undefined]);
  });

  it('is refused when a page of another site sent it', async () => {
    const answer = await request(gateway.server).post('/orders').set('Origin', 'https://evil.example').send({});
    expect(answer.status).toBe(403);
  });
});

describe('a cookie without a session', () => {
  it('is refused, also on routes that need no credentials', async () => {
    const answer = await openBrowser(gateway.server, { cookie: `__Host-session=${'A'.repeat(43)}` }).send(
      'get',
      '/products',
    );
    expect([answer.status, answer.body.code]).toEqual([401, 'no_session']);
  });
});

describe('the gateway without its database', () => {
  let down: Harness;
  beforeAll(async () => {
    down = await openHarness(around, { url: databaseNowhere });
  });
  afterAll(() => down.close());

  it('answers 503 to requests with a cookie, and forwards the others', async () => {
    const browser = openBrowser(down.server, { cookie: `__Host-session=${'A'.repeat(43)}` });
    await expectUnavailable([() => browser.send('get', '/products'), () => browser.send('post', '/orders', {})]);
    const answer = await request(down.server).get('/products').set('Authorization', 'Bearer x');
    expect(answer.status).toBe(200);
  });
});

function decode(authorization: string) {
  const [, payload = ''] = authorization.replace(/^Bearer /, '').split('.');
  return { payload: JSON.parse(Buffer.from(payload, 'base64url').toString()) };
}
