import { hasRedisServer, type RedisServer, skipsWithoutRedis, startRedisServer } from '@auth/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { openFeedWriter } from '../src/open-feed.ts';
import { until } from './until.ts';

const skips = skipsWithoutRedis('a stream of revocations on a server that refuses or loses', hasRedisServer());
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const stream = 'auth:revocations';
const fence = '{auth:revocations}:term';

async function start(): Promise<{ server: RedisServer; admin: Redis }> {
  const server = await startRedisServer();
  const admin = new Redis(server.url);
  admin.on('error', () => undefined);
  closers.push(server.stop, () => admin.disconnect());
  return { server, admin };
}

async function openWriter(url: string, term?: number) {
  const writer = await openFeedWriter(url, term === undefined ? {} : { term });
  closers.push(writer.close);
  return writer;
}

const read = async (admin: Redis) => (await admin.xrange(stream, '-', '+')).map(([, [, token]]) => token);
const works = (attempt: Promise<unknown>) =>
  attempt.then(
    () => true,
    () => false,
  );

const states: Readonly<Record<string, (admin: Redis) => Promise<() => Promise<unknown>>>> = {
  async 'demoted to a replica'(admin) {
    await admin.replicaof('127.0.0.1', '1');
    return () => admin.replicaof('NO', 'ONE');
  },
  async 'out of memory'(admin) {
    await admin.config('SET', 'maxmemory', '1');
    return () => admin.config('SET', 'maxmemory', '0');
  },
  async 'without the replicas that it must have'(admin) {
    await admin.config('SET', 'min-replicas-to-write', '1');
    return () => admin.config('SET', 'min-replicas-to-write', '0');
  },
  async 'asking for another password'(admin) {
    await admin.config('SET', 'requirepass', 'a-password-of-the-test');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    return () => admin.config('SET', 'requirepass', '');
  },
};

(skips ? describe.skip : describe)('the writer of a stream', () => {
  it.each(Object.entries(states))(
    'publishes again within 10 s when a Redis that was %s is repaired',
    async (_state, begin) => {
      const { server, admin } = await start();
      const writer = await openWriter(server.url);
      await writer.compact(['kept']);
      const mend = await begin(admin);
      for (let count = 0; count < 10; count += 1) {
        expect(await works(writer.publish(['refused']))).toBe(false);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await mend();
      await until(() => works(writer.publish(['a'])), 10_000);
      expect(await read(admin)).toEqual(['kept', 'a']);
    },
    60_000,
  );

  it('rejects with advice for the operator when the server refuses', async () => {
    const { server, admin } = await start();
    const writer = await openWriter(server.url);
    await admin.replicaof('127.0.0.1', '1');
    await expect(writer.publish(['a'])).rejects.toThrow(
      'the URL must name the primary, also after a failover (READONLY)',
    );
  });

  it('rejects every write of an earlier term, in the same step as the write', async () => {
    const { server, admin } = await start();
    const old = await openWriter(server.url, 5);
    await old.compact(['a', 'b']);
    // The leader is suspended in the middle of a compaction, and resumes when another one leads.
    const woken = old.compact(
      (async function* () {
        yield 'a';
        const next = await openWriter(server.url, 6);
        await next.compact(['a', 'b']);
        await next.publish(['c']);
        yield 'b';
      })(),
    );
    await expect(woken).rejects.toThrow('SUPERSEDED');
    await expect(old.publish(['late'])).rejects.toThrow('SUPERSEDED');
    expect(await read(admin)).toEqual(['a', 'b', 'c']);
    expect(await admin.get(fence)).toBe('6');
    expect(await admin.ttl(fence)).toBeGreaterThan(500);
  });

  it.each<[string, (admin: Redis) => Promise<unknown>]>([
    ['lost everything', (admin) => admin.flushall()],
    ['lost its newest entries, as at a failover', (admin) => admin.xtrim(stream, 'MAXLEN', 0)],
  ])('is no longer whole when the server has %s, and is whole again after a compaction', async (_what, lose) => {
    const { server, admin } = await start();
    const writer = await openWriter(server.url);
    await writer.compact(['a']);
    await writer.publish(['b']);
    await writer.publish(['c']);
    expect(writer.isWhole()).toBe(true);
    await lose(admin);
    await writer.publish(['d']);
    expect(writer.isWhole()).toBe(false);
    await writer.compact(['a', 'b', 'c', 'd']);
    await writer.publish(['e']);
    expect([writer.isWhole(), await read(admin)]).toEqual([true, ['a', 'b', 'c', 'd', 'e']]);
  });

  it('keeps tokens that are published during a compaction', async () => {
    const { server, admin } = await start();
    const writer = await openWriter(server.url);
    await writer.publish(['old', 'kept']);
    await writer.compact(
      (async function* () {
        yield 'kept';
        await writer.publish(['new']);
      })(),
    );
    expect([writer.isWhole(), (await read(admin)).sort()]).toEqual([true, ['kept', 'new']]);
  });
});
