import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { openUserDb } from '@auth/db/user';
import { createLog } from '@auth/http';
import { openRedis } from '@auth/service';
import { findRedis, openTestDatabase } from '@auth/testkit';
import { databaseNowhere } from '@auth/testkit/app';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRateLimitStore } from '../src/limits/rate-limit-store.ts';

const openRedisServer = findRedis();
const limit = { name: 'login-address', attempts: 2, windowSeconds: 600 };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Opens a counter on a database, and counts the failures of the database. */
function openCounter(url: string, options: { timeoutMs?: number; retryAfterMs?: number; redis?: object } = {}) {
  const db = openUserDb({ url, connectTimeoutMs: 3000 });
  closers.push(db.close);
  const failures: unknown[] = [];
  const onFallback = (error: unknown) => failures.push(error);
  const { timeoutMs = 5000, retryAfterMs = 60_000, redis } = options;
  const store = createRateLimitStore({ ask: db.ask, redis, timeoutMs, retryAfterMs, onFallback });
  return {
    counter: store.counter(limit),
    memory: store.memory('known-guess', 600),
    failures,
  };
}

/** Opens a server that accepts connections and never answers. */
async function openSilentServer(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `postgresql://postgres@127.0.0.1:${(server.address() as AddressInfo).port}/user`;
}

describe('createRateLimitStore', () => {
  it('counts all replicas together, and each key separately', async () => {
    const { url, drop } = await openTestDatabase('user');
    closers.push(drop);
    const [first, second] = [openCounter(url), openCounter(url)];
    const counts = [await first.counter.count('a'), await second.counter.count('a'), await first.counter.count('a')];
    expect(counts.map(({ attempts }) => attempts)).toEqual([1, 2, 3]);
    expect(counts[2]?.resetSeconds).toBeGreaterThan(590);
    expect(counts[2]?.resetSeconds).toBeLessThanOrEqual(600);
    expect(await second.counter.read('a')).toMatchObject({ attempts: 3 });
    await second.counter.forget('a');
    expect(await first.counter.read('a')).toEqual({ attempts: 0, resetSeconds: 600 });
    expect((await first.counter.count('a')).attempts).toBe(1);
    expect((await first.counter.count('b')).attempts).toBe(1);
    expect([...first.failures, ...second.failures]).toEqual([]);
  });

  it('removes a count that a replica began with its clock ahead', async () => {
    const { url, drop } = await openTestDatabase('user');
    closers.push(drop);
    const { counter, failures } = openCounter(url);
    const realNow = Date.now;
    Date.now = () => realNow() + 7_200_000;
    try {
      await counter.count('a');
      await counter.count('a');
      expect((await counter.read('a')).attempts).toBe(2);
    } finally {
      Date.now = realNow;
    }
    expect(await counter.read('a')).toEqual({ attempts: 0, resetSeconds: 600 });
    const counted = await counter.count('a');
    expect(counted.attempts).toBe(1);
    expect(counted.resetSeconds).toBeLessThanOrEqual(600);
    expect(failures).toEqual([]);
  });

  it('counts in memory while the database is down, and retries the database after retryAfterMs', async () => {
    const { counter, failures } = openCounter(databaseNowhere);
    const counts = [await counter.count('a'), await counter.count('a'), await counter.count('a')];
    expect(counts.map(({ attempts }) => attempts)).toEqual([1, 2, 3]);
    expect((await counter.read('a')).attempts).toBe(3);
    await counter.forget('a');
    expect((await counter.read('a')).attempts).toBe(0);
    expect((await counter.count('a')).attempts).toBe(1);
    expect(failures).toHaveLength(1);
  });

  it('counts in memory after timeoutMs without an answer of the database', async () => {
    const { counter, failures } = openCounter(await openSilentServer(), { timeoutMs: 50, retryAfterMs: 0 });
    const started = performance.now();
    expect((await counter.count('a')).attempts).toBe(1);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(failures).toHaveLength(1);
  });
});

(openRedisServer === undefined ? describe.skip : describe)('the store of rate limits, with Redis', () => {
  it('counts all replicas together in Redis, and in memory while Redis is down', async () => {
    const server = await openRedisServer?.();
    const url = server?.url ?? '';
    closers.push(() => server?.close());
    const log = createLog({ service: 'user', level: 'silent', format: 'json' });
    const [first, second] = [await openRedis(url, { log }), await openRedis(url, { log })].map((redis) => {
      closers.push(() => redis.disconnect());
      // There is no database, so a query would fail.
      return { redis, ...openCounter(databaseNowhere, { redis, retryAfterMs: 0 }) };
    });
    if (first === undefined || second === undefined) throw new Error('no counters');
    const key = randomUUID();
    const counts = [await first.counter.count(key), await second.counter.count(key), await first.counter.count(key)];
    expect(counts.map(({ attempts }) => attempts)).toEqual([1, 2, 3]);
    expect(counts[2]?.resetSeconds).toBeGreaterThan(590);
    expect((await second.counter.read(key)).attempts).toBe(3);
    expect([await first.memory.has(key), await first.memory.add(key)]).toEqual([false, true]);
    expect([await second.memory.has(key), await second.memory.add(key)]).toEqual([true, false]);
    expect([...first.failures, ...second.failures]).toEqual([]);

    await server?.cut();
    expect((await first.counter.count(key)).attempts).toBe(1);
    expect((await second.counter.count(key)).attempts).toBe(1);
    expect([first.failures.length, second.failures.length]).toEqual([1, 1]);

    await server?.mend();
    while (first.redis.status !== 'ready') await once(first.redis, 'ready');
    expect((await first.counter.count(key)).attempts).toBe(4);
    await first.counter.forget(key);
  });
});
