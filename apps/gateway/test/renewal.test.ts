import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, openHarness, openSurroundings, type Surroundings } from './harness.ts';
import { problem } from './user-app.ts';

let around: Surroundings;
let replicas: [Harness, Harness];
let browser: Browser;

beforeAll(async () => {
  around = await openSurroundings();
  replicas = [await openHarness(around), await openHarness(around)];
});
beforeEach(async () => {
  browser = openBrowser(replicas[0].server);
  await browser.logIn(around.userApp);
});
afterEach(() => {
  around.userApp.answer(undefined);
  around.userApp.hold(Promise.resolve());
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()));
  await around.close();
});

/** Authorizes a request with a cookie as the proxy does. Returns the access token and the row. */
async function visit(replica: Harness, cookie = browser.cookie) {
  const socket = { remoteAddress: '192.0.2.7' };
  const authentication = await replica.authorize({ method: 'GET', headers: { cookie }, socket } as IncomingMessage);
  if (authentication.kind !== 'session') throw new Error(authentication.kind);
  const session = await replica.db.client.session.findUniqueOrThrow({ where: { id: authentication.session ?? '' } });
  return { accessToken: authentication.accessToken, session };
}

const refreshes = () => around.userApp.requests.filter(({ path }) => path === '/auth/refresh');
const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { code: string }) => error.code,
  );

describe('a session whose access token is valid', () => {
  it('keeps its token', async () => {
    const before = refreshes().length;
    const { accessToken } = await visit(replicas[0]);
    around.advance(500);
    expect((await visit(replicas[1])).accessToken).toBe(accessToken);
    expect(refreshes()).toHaveLength(before);
  });
});

describe('a session whose access token has expired', () => {
  it('waits for one exchange, for many requests and on every replica', async () => {
    const before = refreshes().length;
    const { accessToken } = await visit(replicas[0]);
    around.advance(700);
    const all = Array.from({ length: 100 }, (_, index) => visit(index % 2 === 0 ? replicas[0] : replicas[1]));
    const tokens = new Set((await Promise.all(all)).map((authentication) => authentication.accessToken));
    expect(tokens.size).toBe(1);
    expect(tokens).not.toContain(accessToken);
    expect(refreshes()).toHaveLength(before + 1);
  });

  it('sends the address of the client to the user app', async () => {
    around.advance(700);
    await visit(replicas[0]);
    expect(refreshes().at(-1)?.headers['x-forwarded-for']).toBe('192.0.2.7');
  });

  it('uses the new refresh token for each next exchange', async () => {
    for (let times = 0; times < 5; times += 1) {
      around.advance(700);
      await visit(replicas[times % 2 === 0 ? 0 : 1]);
    }
    expect((await browser.send('get', '/session')).status).toBe(200);
  });

  it('ends when the user app refuses the exchange', async () => {
    const { session } = await visit(replicas[0]);
    around.userApp.end(session.sid);
    around.advance(700);
    expect(await problemOf(visit(replicas[0]))).toBe('no_session');
    expect(await problemOf(visit(replicas[1]))).toBe('no_session');
    expect(await replicas[0].db.client.session.count({ where: { id: session.id } })).toBe(0);
  });

  it.each([
    ['does not answer', () => undefined],
    ['answers 503', (res: import('node:http').ServerResponse) => problem(res, 503, 'unavailable')],
    ['answers 429', (res: import('node:http').ServerResponse) => problem(res, 429, 'rate_limited')],
    ['gives an invalid answer', (res: import('node:http').ServerResponse) => void res.end('{}')],
  ])('is kept while the user app %s, and works afterwards', async (_what, answer) => {
    around.advance(700);
    around.userApp.answer(answer);
    expect(await problemOf(visit(replicas[0]))).toBe('cannot_refresh');
    around.userApp.answer(undefined);
    around.advance(2);
    expect((await visit(replicas[1])).accessToken).toContain('.');
  });

  it('does not call a user app that is down for every request', async () => {
    around.advance(700);
    around.userApp.answer((res) => problem(res, 503, 'unavailable'));
    const before = refreshes().length;
    const all = await Promise.all(Array.from({ length: 20 }, () => problemOf(visit(replicas[0]))));
    expect(new Set(all)).toEqual(new Set(['cannot_refresh']));
    expect(refreshes()).toHaveLength(before + 1);
  });

  it('stays ended when it ended during an exchange', async () => {
    const { session } = await visit(replicas[0]);
    around.advance(700);
    let goOn = () => {};
    around.userApp.hold(new Promise<void>((resolve) => (goOn = resolve)));
    const asked = refreshes().length;
    const renewed = problemOf(visit(replicas[0]));
    while (refreshes().length === asked) await new Promise(setImmediate);
    await replicas[1].db.client.session.updateMany({ where: { id: session.id }, data: { endedAt: new Date() } });
    goOn();
    expect(await renewed).toBe('no_session');
  });
});

describe('a session whose access token expires within a minute', () => {
  it('uses the token, and exchanges it in parallel with the request', async () => {
    const { accessToken, session } = await visit(replicas[0]);
    around.advance(session.accessExpiresAt.getTime() / 1000 - around.now() - 30);
    const before = refreshes().length;
    expect((await visit(replicas[0])).accessToken).toBe(accessToken);
    while (refreshes().length === before) await new Promise(setImmediate);
    await replicas[0].renewal.close();
    expect((await visit(replicas[0])).accessToken).not.toBe(accessToken);
    expect(refreshes()).toHaveLength(before + 1);
  });

  it('uses the token while the user app is down', async () => {
    const { accessToken, session } = await visit(replicas[0]);
    around.advance(session.accessExpiresAt.getTime() / 1000 - around.now() - 30);
    await around.userApp.stop();
    expect((await visit(replicas[0])).accessToken).toBe(accessToken);
    await replicas[0].renewal.close();
    expect((await visit(replicas[0])).accessToken).toBe(accessToken);
    await replicas[0].renewal.close();
    await around.userApp.start();
    around.advance(5);
    await visit(replicas[0]);
    await replicas[0].renewal.close();
    expect((await visit(replicas[0])).accessToken).not.toBe(accessToken);
  });
});

describe('an exchange of a killed process', () => {
  it('is found and made by another process', async () => {
    const { session } = await visit(replicas[0]);
    around.advance(700);
    const claimedAt = new Date(around.now() * 1000);
    // The row as a killed process leaves it.
    await replicas[0].db.client.session.updateMany({ where: { id: session.id }, data: { refreshingUntil: claimedAt } });
    around.advance(1);
    const found = await replicas[1].backgroundStore.findInterrupted(around.now(), 10);
    expect(found.map(({ id }) => id)).toContain(session.id);
    await Promise.all(found.map(replicas[1].renewal.resume));
    expect(await replicas[1].backgroundStore.findInterrupted(around.now(), 10)).toEqual([]);
    const before = refreshes().length;
    await visit(replicas[0]);
    expect(refreshes()).toHaveLength(before);
  });
});
