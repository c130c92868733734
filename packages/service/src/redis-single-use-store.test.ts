import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { createLog } from '@auth/http';
import { findRedis, type RedisForTests } from '@auth/testkit';
import { createSingleUseStore } from '@auth/verify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openRedis } from './open-redis.ts';
import { createRedisSingleUseStore } from './redis-single-use-store.ts';

const openServer = findRedis();
const now = () => Date.now() / 1000;
/** The life of an entry in Redis, and a second more: `Date.now` cuts fractions of a millisecond off, `performance.now` does not. */
const longestLifeMs = 31_000;

(openServer === undefined ? describe.skip : describe)('createRedisSingleUseStore', () => {
  let server: RedisForTests;
  const replicas: { close(): void }[] = [];
  beforeAll(async () => {
    server = await (openServer as () => Promise<RedisForTests>)();
  });
  afterEach(() => {
    for (const { close } of replicas.splice(0)) close();
  });
  afterAll(() => server.close());

  /** Creates a replica, with its uses and its log lines about Redis. */
  async function openReplica({
    clock = now,
    capacity = 1000,
    monotonicMs = () => performance.now(),
    answerMs = 100,
  } = {}) {
    const lines: string[] = [];
    const destination = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)).msg);
        done();
      },
    });
    const redis = await openRedis(server.url, {
      log: createLog({ service: 't', level: 'info', format: 'json', destination }),
      answerMs,
    });
    replicas.push({ close: () => redis.disconnect() });
    const fallbacks: unknown[] = [];
    const store = createRedisSingleUseStore({
      redis,
      local: createSingleUseStore({ capacity, now: clock, monotonicMs }),
      now: clock,
      monotonicMs,
      onFallback: (error) => fallbacks.push(error),
    });
    const use = async (id: string) => store.use(id, clock() + 20);
    return { redis, use, knownSeconds: () => store.knownSeconds?.(), fallbacks, lines };
  }
  const until = async (isTrue: () => Promise<boolean> | boolean) => {
    while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
  };

  it('accepts a token at one replica only, for any number of concurrent uses', async () => {
    // A long time limit, so that no replica decides alone because the machine is busy.
    const [first, second] = [await openReplica({ answerMs: 20_000 }), await openReplica({ answerMs: 20_000 })];
    const id = randomUUID();
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, index) => [first, second][index % 2]?.use(id)));
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'replayed')).toHaveLength(39);
    expect(await second.use(randomUUID())).toBe('recorded');
    expect([...first.fallbacks, ...second.fallbacks]).toEqual([]);
  });

  it('accepts a token once, although the process was suspended for longer than the time limit of Redis', async () => {
    const [first, second] = [await openReplica({ answerMs: 400 }), await openReplica({ answerMs: 400 })];
    for (let round = 0; round < 3; round += 1) {
      const id = randomUUID();
      const outcomes = Promise.all([first.use(id), second.use(id)]);
      // Both commands are sent by now.
      await new Promise((resolve) => process.nextTick(resolve));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      expect([...(await outcomes)].sort()).toEqual(['recorded', 'replayed']);
    }
    expect([...first.fallbacks, ...second.fallbacks]).toEqual([]);
  });

  it('remembers a use until every replica refuses the token as expired, also one whose clock is behind', async () => {
    const ahead = await openReplica({ clock: () => now() + 8 });
    const id = randomUUID();
    await ahead.use(id);
    const ms = await ahead.redis.pttl(`auth:used:${id}`);
    expect(ms).toBeGreaterThan(28_000);
    expect(ms).toBeLessThanOrEqual(longestLifeMs);
  });

  it('remembers a use until the correct time reaches its expiry, after the clock was ahead for a moment', async () => {
    let [offset, passedMs] = [0, 0];
    const clock = () => now() + offset;
    const monotonicMs = () => performance.now() + passedMs;
    const replica = await openReplica({ clock, monotonicMs });
    offset = 7200;
    const id = randomUUID();
    expect(await replica.use(id)).toBe('recorded');
    expect(await replica.redis.pttl(`auth:used:${id}`)).toBeGreaterThan(7_200_000);
    offset = 0;
    const [after, later] = [randomUUID(), randomUUID()];
    expect([await replica.use(after), await replica.use(after)]).toEqual(['recorded', 'replayed']);
    expect(await replica.redis.pttl(`auth:used:${after}`)).toBeLessThanOrEqual(longestLifeMs);
    // After a clock that was behind, entries still expire: Redis would fill up.
    offset = -7200;
    expect(await replica.use(randomUUID())).toBe('recorded');
    offset = 0;
    passedMs = 3 * 3_600_000;
    offset = 3 * 3600;
    expect(await replica.use(later)).toBe('recorded');
    expect(await replica.redis.pttl(`auth:used:${later}`)).toBeLessThanOrEqual(longestLifeMs);
  });

  it('accepts a token once per replica while Redis is down, and once in total after Redis is back', async () => {
    const [first, second] = [await openReplica(), await openReplica()];
    const [before, meanwhile, after] = [randomUUID(), randomUUID(), randomUUID()];
    expect(await first.use(before)).toBe('recorded');
    await server.cut();
    expect(await first.use(before)).toBe('replayed');
    expect(await first.use(meanwhile)).toBe('recorded');
    expect(await first.use(meanwhile)).toBe('replayed');
    expect(await second.use(meanwhile)).toBe('recorded');
    expect([first.fallbacks.length, second.fallbacks.length]).toEqual([1, 1]);

    await server.mend();
    await until(() => [first, second].every(({ redis }) => redis.status === 'ready'));
    expect(await first.use(after)).toBe('recorded');
    expect(await second.use(after)).toBe('replayed');
    // Redis has no entry for it, but this replica has.
    expect(await first.use(meanwhile)).toBe('replayed');
    expect(first.lines).toEqual(['Redis is down: each replica is on its own', 'Redis is back']);
  });

  it('knows only the uses since its own start while Redis is down', async () => {
    const replica = await openReplica({ monotonicMs: () => 3000 });
    expect(replica.knownSeconds()).toBe(Number.POSITIVE_INFINITY);
    await server.cut();
    expect(await replica.use(randomUUID())).toBe('recorded');
    expect(replica.knownSeconds()).toBe(3);
    await server.mend();
    await until(() => replica.redis.status === 'ready');
    await replica.use(randomUUID());
    expect(replica.knownSeconds()).toBe(Number.POSITIVE_INFINITY);
  });

  it('waits at most 100 ms for a Redis that does not answer', async () => {
    const replica = await openReplica();
    server.hang();
    const started = performance.now();
    expect(await replica.use(randomUUID())).toBe('recorded');
    const ms = performance.now() - started;
    expect(ms).toBeGreaterThan(50);
    expect(ms).toBeLessThan(2000);
    expect(replica.fallbacks).toHaveLength(1);
    // The silent connection is closed, so the next use does not wait at all.
    expect(await replica.use(randomUUID())).toBe('recorded');
    expect(String(replica.fallbacks[1])).toMatch(/isn't writeable/);
  });

  it('refuses a token when the memory of this process is full', async () => {
    const replica = await openReplica({ capacity: 1 });
    await replica.use(randomUUID());
    expect(await replica.use(randomUUID())).toBe('full');
  });
});

describe('openRedis', () => {
  it('opens a Redis that is down: every command fails at once', async () => {
    const log = createLog({ service: 't', level: 'silent', format: 'json' });
    const redis = await openRedis('redis://127.0.0.1:1', { log });
    await expect(redis.set('a', 'b')).rejects.toThrow();
    redis.disconnect();
  });
});
