import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { createLog } from '@auth/http';
import type { RedisForTests } from '@auth/testkit';
import { findRedis } from '@auth/testkit';
import { createSingleUseStore } from '@auth/verify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openRedis } from './open-redis.ts';
import { createRedisSingleUseStore } from './redis-single-use-store.ts';

const openServer = findRedis();
const now = () => Date.now() / 1000;

(openServer === undefined ? describe.skip : describe)('the single use of a token at several replicas', () => {
  let server: RedisForTests;
  const replicas: { close(): void }[] = [];
  beforeAll(async () => {
    server = await (openServer as () => Promise<RedisForTests>)();
  });
  afterEach(() => {
    for (const { close } of replicas.splice(0)) close();
  });
  afterAll(() => server.close());

  /** One replica: its uses, and what it says of Redis. */
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
      ...{ redis, local: createSingleUseStore({ capacity, now: clock, monotonicMs }), now: clock, monotonicMs },
      onFallback: (error) => fallbacks.push(error),
    });
    const use = async (id: string) => store.use(id, clock() + 20);
    return { redis, use, knownSeconds: () => store.knownSeconds?.(), fallbacks, lines };
  }
  const until = async (isTrue: () => Promise<boolean> | boolean) => {
    while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
  };

  it('is once at all of them together, however many try at once', async () => {
    // Long enough for a busy machine: a use that a replica decides alone would be no fault, and none is wanted here.
    const [first, second] = [await openReplica({ answerMs: 20_000 }), await openReplica({ answerMs: 20_000 })];
    const id = randomUUID();
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, index) => [first, second][index % 2]?.use(id)));
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'replayed')).toHaveLength(39);
    expect(await second.use(randomUUID())).toBe('recorded');
    expect([...first.fallbacks, ...second.fallbacks]).toEqual([]);
  });

  it('is once although the process stood still for longer than Redis may take to answer', async () => {
    const [first, second] = [await openReplica({ answerMs: 400 }), await openReplica({ answerMs: 400 })];
    for (let round = 0; round < 3; round += 1) {
      const id = randomUUID();
      const outcomes = Promise.all([first.use(id), second.use(id)]);
      // Both are sent by then, and on their way.
      await new Promise((resolve) => process.nextTick(resolve));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
      expect([...(await outcomes)].sort()).toEqual(['recorded', 'replayed']);
    }
    expect([...first.fallbacks, ...second.fallbacks]).toEqual([]);
  });

  it('is remembered until no replica takes the token any more, also one whose clock is behind, and no longer', async () => {
    const ahead = await openReplica({ clock: () => now() + 8 });
    const id = randomUUID();
    await ahead.use(id);
    const ms = await ahead.redis.pttl(`auth:used:${id}`);
    expect(ms).toBeGreaterThan(28_000);
    expect(ms).toBeLessThanOrEqual(30_000);
  });

  it('is remembered until the right time gets there, where the clock was ahead for a moment', async () => {
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
    // A second more than its life: Redis rounds, and so do the clocks here.
    expect(await replica.redis.pttl(`auth:used:${after}`)).toBeLessThanOrEqual(31_000);
    // A clock that was behind is not believed for ever: Redis would fill up.
    offset = -7200;
    expect(await replica.use(randomUUID())).toBe('recorded');
    offset = 0;
    passedMs = 3 * 3_600_000;
    offset = 3 * 3600;
    expect(await replica.use(later)).toBe('recorded');
    expect(await replica.redis.pttl(`auth:used:${later}`)).toBeLessThanOrEqual(30_000);
  });

  it('is once at each of them while Redis is down, and once altogether when it is back', async () => {
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
    // Redis has never heard of it, and this replica has.
    expect(await first.use(meanwhile)).toBe('replayed');
    expect(first.lines).toEqual(['Redis is down: each replica is on its own', 'Redis is back']);
  });

  it('knows after a start which tokens it may have accepted before, while Redis cannot tell', async () => {
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

  it('waits no longer than a tenth of a second for a Redis that says nothing', async () => {
    const replica = await openReplica();
    server.hang();
    const started = performance.now();
    expect(await replica.use(randomUUID())).toBe('recorded');
    const ms = performance.now() - started;
    expect(ms).toBeGreaterThan(50);
    expect(ms).toBeLessThan(2000);
    expect(replica.fallbacks).toHaveLength(1);
    // The silent connection is given up: what comes next does not wait at all.
    expect(await replica.use(randomUUID())).toBe('recorded');
    expect(String(replica.fallbacks[1])).toMatch(/isn't writeable/);
  });

  it('is refused when this process has no room to remember it', async () => {
    const replica = await openReplica({ capacity: 1 });
    await replica.use(randomUUID());
    expect(await replica.use(randomUUID())).toBe('full');
  });
});

describe('openRedis', () => {
  it('opens a Redis that is not there: every command fails at once', async () => {
    const log = createLog({ service: 't', level: 'silent', format: 'json' });
    const redis = await openRedis('redis://127.0.0.1:1', { log });
    await expect(redis.set('a', 'b')).rejects.toThrow();
    redis.disconnect();
  });
});
