import { findRedis, type RedisForTests } from '@auth/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { hashSessionId } from '../src/sessions/session-id.ts';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, openHarness, openSurroundings, type Surroundings } from './harness.ts';

const openServer = findRedis();

(openServer === undefined ? describe.skip : describe)('sessions cached in Redis', () => {
  let around: Surroundings;
  let server: RedisForTests;
  let redis: [Redis, Redis];
  let replicas: [Harness, Harness];

  beforeAll(async () => {
    around = await openSurroundings();
    server = await (openServer as () => Promise<RedisForTests>)();
    const open = () =>
      new Redis(server.url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: 500 });
    redis = [open(), open()];
    for (const client of redis) {
      client.on('error', () => undefined);
      while (client.status !== 'ready') await new Promise(setImmediate);
    }
    replicas = [await openHarness(around, { redis: redis[0] }), await openHarness(around, { redis: redis[1] })];
  });
  afterAll(async () => {
    for (const replica of replicas) await replica.close();
    for (const client of redis) client.disconnect();
    await server.close();
    await around.close();
  });

  async function loggedIn(): Promise<Browser> {
    const browser = openBrowser(replicas[0].server);
    await browser.logIn(around.userApp);
    return browser;
  }
  const at = (replica: Harness, { cookie }: Browser) => openBrowser(replica.server, { cookie });
  const hashOf = ({ cookie }: Browser) => hashSessionId(cookie.split('=')[1] ?? '');
  const keyOf = (browser: Browser) => `gateway:session:1:${hashOf(browser)}`;
  const bytesOf = (browser: Browser) => Buffer.from(hashOf(browser), 'base64url');

  it('are read without a query to the database', async () => {
    const browser = await loggedIn();
    expect((await browser.send('get', '/session')).status).toBe(200);
    while ((await redis[0].exists(keyOf(browser))) === 0) await new Promise(setImmediate);
    await replicas[0].db.client.session.deleteMany({ where: { hash: bytesOf(browser) } });
    expect((await at(replicas[1], browser).send('get', '/session')).status).toBe(200);
  });

  it('contain no decrypted token, no refresh token and no cookie', async () => {
    const browser = await loggedIn();
    await browser.send('get', '/session');
    while ((await redis[0].exists(keyOf(browser))) === 0) await new Promise(setImmediate);
    const text = (await redis[0].get(keyOf(browser))) ?? '';
    // The begin of every access token. A shorter text may occur in any base64.
    expect(text).not.toContain('eyJhbGciOi');
    expect(text).not.toContain('refreshToken');
    expect(text).not.toContain(browser.cookie.split('=')[1]);
    expect(await redis[0].ttl(keyOf(browser))).toBeLessThanOrEqual(60);
  });

  it('end on every replica at once', async () => {
    const browser = await loggedIn();
    const elsewhere = at(replicas[1], browser);
    expect((await elsewhere.send('get', '/session')).status).toBe(200);
    await at(replicas[0], browser).send('delete', '/session');
    expect((await at(replicas[1], browser).send('get', '/session')).status).toBe(401);
  });

  it('do not come back when a replica caches a row that it read before the end', async () => {
    const browser = await loggedIn();
    await browser.send('get', '/session');
    while ((await redis[0].exists(keyOf(browser))) === 0) await new Promise(setImmediate);
    const row = await redis[0].get(keyOf(browser));
    const stolen = at(replicas[1], browser);
    await browser.send('delete', '/session');
    // The write of a replica that read the row before the end.
    await redis[1].set(keyOf(stolen), row ?? '', 'EX', 60, 'NX');
    expect((await stolen.send('get', '/session')).status).toBe(401);
  });

  it('do not come back when Redis loses the mark of their end and has an old copy again', async () => {
    const browser = await loggedIn();
    await browser.send('get', '/session');
    while ((await redis[0].exists(keyOf(browser))) === 0) await new Promise(setImmediate);
    const copy = (await redis[0].get(keyOf(browser))) ?? '';
    const key = keyOf(browser);
    const [here, there] = [at(replicas[0], browser), at(replicas[1], browser)];
    expect((await there.send('get', '/session')).status).toBe(200);
    await at(replicas[0], browser).send('delete', '/session');
    await redis[0].set(key, copy, 'EX', 60);
    // At once on the replica that ended the session, and within a second on others: the longest age of their list.
    expect((await here.send('get', '/session')).status).toBe(401);
    while ((await at(replicas[1], browser).send('get', '/session')).status === 200) await redis[0].set(key, copy);
    for (let times = 0; times < 5; times += 1) {
      await redis[0].set(key, copy, 'EX', 60);
      expect((await at(replicas[1], browser).send('get', '/session')).status).toBe(401);
    }
  });

  it.each([
    ['is older than 60 s', -61],
    ['is from the future', 61],
    ['has no time', Number.NaN],
  ])('are not read from a copy that %s', async (_what, seconds) => {
    const browser = await loggedIn();
    await browser.send('get', '/session');
    while ((await redis[0].exists(keyOf(browser))) === 0) await new Promise(setImmediate);
    const copy = JSON.parse((await redis[0].get(keyOf(browser))) ?? '');
    await redis[0].set(keyOf(browser), JSON.stringify({ ...copy, keptAt: copy.keptAt + seconds, id: 'x' }), 'EX', 60);
    expect((await browser.send('get', '/session')).body.id).not.toBe('x');
  });

  it('have new tokens on every replica after one exchange', async () => {
    const browser = await loggedIn();
    const visit = async (replica: Harness) => {
      const authentication = await replica.authorize({
        method: 'GET',
        headers: { cookie: browser.cookie },
        socket: { remoteAddress: '192.0.2.7' },
      } as never);
      return authentication.kind === 'session' ? authentication.accessToken : '';
    };
    const before = await visit(replicas[0]);
    expect(await visit(replicas[1])).toBe(before);
    around.advance(700);
    const after = await visit(replicas[0]);
    expect(after).not.toBe(before);
    expect(await visit(replicas[1])).toBe(after);
    const refreshes = around.userApp.requests.filter(({ path }) => path === '/auth/refresh').length;
    expect(refreshes).toBe(1);
  });

  it('are read from the database while Redis is down, and stay ended when they end meanwhile', async () => {
    const [kept, ended] = [await loggedIn(), await loggedIn()];
    await server.cut();
    expect((await kept.send('get', '/session')).status).toBe(200);
    const stolen = at(replicas[1], ended);
    expect((await ended.send('delete', '/session')).status).toBe(204);
    expect((await stolen.send('get', '/session')).status).toBe(401);
    await server.mend();
    for (const client of redis) while (client.status !== 'ready') await new Promise(setImmediate);
    expect((await kept.send('get', '/session')).status).toBe(200);
  });
});
