import { openTestRedis, skipsWithoutRedis } from '@auth/testkit';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { openFeedReader, openFeedWriter } from '../src/open-feed.ts';
import { closeAfterTests, setUpFeed } from './feed.ts';
import { ended, startOfTests as now } from './issuer.ts';
import { until } from './until.ts';

const redis = openTestRedis();
const closeAfterTest = closeAfterTests();
const skips = skipsWithoutRedis('the feed of revocations in a Redis stream', redis !== undefined);

(skips ? describe.skip : describe)('a feed in a Redis stream', () => {
  const { url = '', prefix = '' } = redis ?? {};
  const streams: string[] = [];
  const direct = new Redis(url, { lazyConnect: true });
  afterAll(async () => {
    if (streams.length > 0) await direct.del(...streams);
    direct.disconnect();
  });

  function newStream() {
    const stream = `${prefix}feed-${streams.length}`;
    streams.push(stream);
    return { stream, feed: `${url}?stream=${encodeURIComponent(stream)}` };
  }

  async function openWriter(feed: string) {
    const writer = await openFeedWriter(feed);
    closeAfterTest(writer.close);
    return writer;
  }

  function openReader(feed: string) {
    const read: string[] = [];
    const errors: string[] = [];
    const reader = openFeedReader(feed, {
      async onTokens(tokens) {
        read.push(...tokens);
      },
      onError: ({ message }) => errors.push(message),
    });
    closeAfterTest(reader.close);
    return { read, errors, reader };
  }

  it('is read in order by several readers, which start before or after the stream exists', async () => {
    const { feed } = newStream();
    const early = openReader(feed);
    const writer = await openWriter(feed);
    const tokens = Array.from({ length: 1200 }, (_, index) => `t${index}`);
    await writer.publish(tokens);
    await writer.publish([]);
    const late = openReader(feed);
    await writer.publish(['last']);
    for (const { read } of [early, late]) {
      await until(() => read.length === 1201);
      expect(read).toEqual([...tokens, 'last']);
    }
  });

  it('is compacted to the tokens to keep', async () => {
    const { feed, stream } = newStream();
    const writer = await openWriter(feed);
    await writer.publish(['a', 'b', 'c']);
    await writer.compact(['b', 'c']);
    await writer.publish(['d']);
    const { read, reader } = openReader(feed);
    await until(() => read.length === 3);
    expect(read).toEqual(['b', 'c', 'd']);
    reader.startOver();
    await until(() => read.length === 6);
    await writer.compact([]);
    expect(await direct.xlen(stream)).toBe(0);
  });

  it('is read from its start when it was created again with lower ids', async () => {
    const { feed, stream } = newStream();
    const { read } = openReader(feed);
    await direct.xadd(stream, '9000000000000-0', 't', 'of-a-clock-ahead');
    await until(() => read.length === 1);
    await direct.del(stream);
    await (await openWriter(feed)).publish(['again']);
    await until(() => read.length === 2);
    expect(read).toEqual(['of-a-clock-ahead', 'again']);
  });

  it('yields an empty text for an entry without a token, and disconnects from a server that sends too much', async () => {
    const { feed, stream } = newStream();
    const { read, errors } = openReader(feed);
    await direct.xadd(stream, '*', 'other', 'field', 'and', 'more');
    await direct.xadd(stream, '*', 't', 'x'.repeat(10_000));
    await until(() => read.length === 2);
    expect(read).toEqual(['', 'x'.repeat(8193)]);
    await direct.xadd(stream, '*', 't', 'x'.repeat(20_000_000));
    await until(() => errors.length > 0);
    await direct.xtrim(stream, 'MAXLEN', 0);
    await (await openWriter(feed)).publish(['b']);
    await until(() => read.length === 3);
    expect(read[2]).toBe('b');
  });

  it('reports a key that is not a stream, and retries until it is one', async () => {
    const { feed, stream } = newStream();
    await direct.set(stream, 'text');
    const { read, errors } = openReader(feed);
    await until(() => errors.length > 0);
    expect(errors[0]).toContain('WRONGTYPE');
    const writer = await openWriter(feed);
    await expect(writer.publish(['a'])).rejects.toThrow('WRONGTYPE');
    await direct.del(stream);
    await writer.publish(['a']);
    await until(() => read.length === 1);
  });

  it('delivers revocations within 100 ms', async () => {
    const { publish, verifier, writer, issuer } = await setUpFeed(newStream().feed);
    const { revocations, isReady } = verifier();
    await publish({ kind: 'heartbeat', floor: 1, last: 0 });
    await until(isReady);
    const times: number[] = [];
    for (let seq = 1; seq <= 20; seq += 1) {
      const token = issuer.sign(ended(seq, now + 600));
      const started = performance.now();
      await writer.publish([token]);
      await until(() => revocations.isRevoked(`sid-${seq}`, now));
      times.push(performance.now() - started);
    }
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(100);
  });
});
