import { hasRedisServer, type RedisServer, skipsWithoutRedis, startRedisServer } from '@auth/testkit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Browser, openBrowser } from './browser.ts';
import { type Harness, openHarness, openSurroundings, type Surroundings } from './harness.ts';

const skips = skipsWithoutRedis('logouts while Redis refuses writes', hasRedisServer());

(skips ? describe.skip : describe)('a logout while Redis answers reads and refuses writes', () => {
  let around: Surroundings;
  let server: RedisServer;
  let admin: Redis;
  let clients: Redis[];
  let replicas: [Harness, Harness];

  beforeEach(async () => {
    around = await openSurroundings();
    server = await startRedisServer();
    const open = () =>
      new Redis(server.url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: 500 });
    clients = [open(), open(), open()];
    for (const client of clients) {
      client.on('error', () => undefined);
      while (client.status !== 'ready') await new Promise(setImmediate);
    }
    const [first, second, third] = clients;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three clients');
    admin = third;
    replicas = [await openHarness(around, { redis: first }), await openHarness(around, { redis: second })];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.close();
    for (const client of clients) client.disconnect();
    await server.stop();
    await around.close();
  });

  const at = (replica: Harness, { cookie }: Browser) => openBrowser(replica.server, { cookie });

  it.each([
    ['because it was demoted', (redis: Redis) => redis.call('REPLICAOF', '127.0.0.1', '1')],
    ['because replicas are missing', (redis: Redis) => redis.config('SET', 'min-replicas-to-write', '1')],
    ['because it is full', (redis: Redis) => redis.config('SET', 'maxmemory', '1')],
  ])(
    '%s ends the session at once on this replica, and within a second on every other one',
    async (_why, refuseWrites) => {
      const browser = openBrowser(replicas[0].server);
      await browser.logIn(around.userApp);
      const stolen = { cookie: browser.cookie } as Browser;
      while ((await admin.dbsize()) === 0) await at(replicas[1], stolen).send('get', '/session');
      await refuseWrites(admin);
      // Redis still answers reads with the old copy.
      expect(await admin.dbsize()).toBe(1);
      expect((await at(replicas[1], stolen).send('get', '/session')).status).toBe(200);
      expect((await browser.send('delete', '/session')).status).toBe(204);
      const endedAt = performance.now();
      expect((await at(replicas[0], stolen).send('get', '/session')).status).toBe(401);
      let lastLetInAt = endedAt;
      while ((await at(replicas[1], stolen).send('get', '/session')).status === 200) lastLetInAt = performance.now();
      // The bound is a second from the last read of the list. The request itself takes time on a busy machine.
      expect(lastLetInAt - endedAt).toBeLessThan(3000);
      for (let times = 0; times < 20; times += 1) {
        expect((await at(replicas[1], stolen).send('get', '/session')).status).toBe(401);
      }
      expect(await admin.dbsize()).toBe(1);
    },
  );
});
