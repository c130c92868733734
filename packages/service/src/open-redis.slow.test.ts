import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { createLog, createMetrics } from '@auth/http';
import { hasRedisServer, type RedisServer, skipsWithoutRedis, startRedisServer } from '@auth/testkit';
import { createSingleUseStore } from '@auth/verify';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { openRedis } from './open-redis.ts';
import { createRedisSingleUseStore } from './redis-single-use-store.ts';

const skips = skipsWithoutRedis('a Redis that answers and refuses its work', hasRedisServer());
const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const now = () => Date.now() / 1000;
const untilMs = 10_000;
async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + untilMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`still not true after ${untilMs} ms: ${isTrue}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Starts a Redis for the test, with an administrator's connection to it, and a replica of a service that uses it. */
async function setUp(secondOfPair = false) {
  const servers: RedisServer[] = [await startRedisServer()];
  if (secondOfPair) servers.push(await startRedisServer());
  closers.push(...servers.map(({ stop }) => stop));
  const [admin, other] = servers.map(({ url }) => new Redis(url));
  closers.push(...[admin, other].map((client) => () => client?.disconnect()));
  const lines: { msg: string; code?: string; reason?: string }[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const metrics = createMetrics({ service: 't' });
  const log = createLog({ service: 't', level: 'info', format: 'json', destination });
  const redis = await openRedis(servers[0]?.url ?? '', { log, metrics });
  closers.push(() => redis.disconnect());
  const fallbacks: unknown[] = [];
  const local = createSingleUseStore({ capacity: 100_000, now });
  const store = createRedisSingleUseStore({ redis, local, now, onFallback: (error) => fallbacks.push(error) });
  /** Returns whether a use was decided in Redis. */
  const isShared = async () => {
    const before = fallbacks.length;
    expect(await store.use(randomUUID(), now() + 20)).toBe('recorded');
    return fallbacks.length === before;
  };
  const metric = async (name: string) =>
    (await metrics.render()).text.match(new RegExp(`^${name}\\{.* (\\d+)$`, 'm'))?.[1];
  return { admin: admin as Redis, other: other as Redis, servers, redis, lines, isShared, metric };
}

const states: Readonly<Record<string, (admin: Redis) => Promise<() => Promise<unknown>>>> = {
  async OOM(admin) {
    await admin.config('SET', 'maxmemory', '1');
    return () => admin.config('SET', 'maxmemory', '0');
  },
  async NOREPLICAS(admin) {
    await admin.config('SET', 'min-replicas-to-write', '1');
    return () => admin.config('SET', 'min-replicas-to-write', '0');
  },
  async NOPERM(admin) {
    await admin.call('ACL', 'SETUSER', 'default', '-set');
    return () => admin.call('ACL', 'SETUSER', 'default', '+set');
  },
  async NOAUTH(admin) {
    await admin.config('SET', 'requirepass', 'a-password-of-the-test');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    return () => admin.config('SET', 'requirepass', '');
  },
  async READONLY(admin) {
    await admin.replicaof('127.0.0.1', '1');
    await admin.config('SET', 'replica-serve-stale-data', 'yes');
    return () => admin.replicaof('NO', 'ONE');
  },
  async BUSY(admin) {
    await admin.config('SET', 'busy-reply-threshold', '1');
    const other = admin.duplicate({ enableReadyCheck: false });
    closers.push(() => other.disconnect());
    await other.ping();
    admin.eval('while true do end', 0).catch(() => undefined);
    return () => other.script('KILL');
  },
};

(skips ? describe.skip : describe)('a Redis that answers every command with an error', () => {
  it.each(Object.entries(states))(
    '%s is logged with advice and counted; Redis is used again within seconds after recovery',
    async (code, begin) => {
      const { admin, lines, isShared, metric } = await setUp();
      expect(await isShared()).toBe(true);
      const mend = await begin(admin);
      for (let count = 0; count < 50; count += 1) {
        expect(await isShared()).toBe(false);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await metric('redis_usable')).toBe('0');
      const warnings = lines.filter(({ msg }) => msg.startsWith('Redis is down'));
      expect(warnings.length).toBeLessThanOrEqual(2);
      expect(JSON.stringify(warnings)).toContain(code);
      await mend();
      await until(isShared);
      await until(async () => (await metric('redis_usable')) === '1');
      expect(lines.at(-1)?.msg).toBe('Redis is back');
    },
    60_000,
  );

  it('causes reconnects at a bounded rate, however many commands it refuses', async () => {
    const { admin, isShared } = await setUp();
    await admin.config('SET', 'maxmemory', '1');
    const connections = async () => Number((await admin.info('stats')).match(/total_connections_received:(\d+)/)?.[1]);
    const before = await connections();
    const end = performance.now() + 3000;
    while (performance.now() < end) {
      await isShared();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const made = (await connections()) - before;
    expect(made).toBeGreaterThanOrEqual(1);
    expect(made).toBeLessThanOrEqual(4);
  }, 60_000);

  it.each(['a transaction', 'a script', 'a pipeline'])('causes a reconnect after an error inside %s', async (kind) => {
    const { admin, redis, metric } = await setUp();
    await admin.replicaof('127.0.0.1', '1');
    if (kind === 'a transaction')
      await redis
        .multi()
        .set('a', 'b')
        .exec()
        .catch(() => undefined);
    if (kind === 'a script') await redis.eval("return redis.call('SET', KEYS[1], 'b')", 1, 'a').catch(() => undefined);
    if (kind === 'a pipeline') await redis.pipeline().get('a').set('a', 'b').exec();
    await until(() => redis.status !== 'ready');
    expect(Number(await metric('redis_faults_total'))).toBeGreaterThan(0);
  });

  it('causes reconnects to the host name, which a failover moves to another server', async () => {
    const { admin, servers, redis, isShared } = await setUp(true);
    const [, second] = servers;
    await admin.replicaof('127.0.0.1', '1');
    // As after a change of the DNS record, the next connection leads to another server.
    redis.options.port = second?.port ?? 0;
    expect(await isShared()).toBe(false);
    await until(isShared);
  });
});
