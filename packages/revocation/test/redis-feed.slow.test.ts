import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { hasRedisServer, type RedisServer, skipsWithoutRedis, startRedisServer } from '@auth/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openFeedWriter } from '../src/open-feed.ts';
import { openRedisFeedReader } from '../src/redis-feed-reader.ts';
import { closeAfterTests, setUpFeed } from './feed.ts';
import { ended, startOfTests as now } from './issuer.ts';
import { until } from './until.ts';

const closeAfterTest = closeAfterTests();
const skips = skipsWithoutRedis('Redis stopped and started again under the feed of revocations', hasRedisServer());

(skips ? describe.skip : describe)('a Redis that is stopped and started again', () => {
  let server: RedisServer | undefined;
  afterEach(() => server?.stop());

  it('makes verifiers stale, and loses no revocation that the issuer publishes again', async () => {
    server = await startRedisServer();
    const { port, url } = server;
    const { issuer, publish, verifier, writer, advance } = await setUpFeed(url);
    const { revocations, changes, errors } = verifier({ staleAfterSeconds: 5 });
    const first = [ended(1, now + 600), { kind: 'heartbeat', floor: 1, last: 1 } as const];
    await publish(...first);
    await until(() => !revocations.isStale());

    await server.stop();
    await until(() => errors.length > 0);
    advance(6);
    await until(() => changes.at(-1) === true);
    await expect(publish(ended(2, now + 600))).rejects.toThrow();
    // The revocations that the verifier knows stay.
    expect(revocations.isRevoked('sid-1', now)).toBe(true);

    server = await startRedisServer({ port });
    const all = [...first.slice(0, 1), ended(2, now + 600), { kind: 'heartbeat', floor: 1, last: 2 } as const];
    const tokens = all.map((event) => issuer.sign(event));
    await until(() =>
      writer.compact(tokens).then(
        () => true,
        () => false,
      ),
    );
    await until(() => !revocations.isStale());
    expect([changes, revocations.isRevoked('sid-2', now)]).toEqual([[false, true, false], true]);
    // A verifier that starts now knows both.
    const late = verifier();
    await until(late.isReady);
    expect(['sid-1', 'sid-2'].map((sid) => late.revocations.isRevoked(sid, now))).toEqual([true, true]);
  }, 60_000);

  it('does not prevent writer and reader from starting while it is down', async () => {
    server = await startRedisServer();
    const { port, url } = server;
    await server.stop();
    const { publish, verifier } = await setUpFeed(url);
    const { revocations, errors } = verifier();
    await until(() => errors.length > 0);
    await expect(publish(ended(1, now + 600))).rejects.toThrow();
    server = await startRedisServer({ port });
    await until(() =>
      publish(ended(1, now + 600), { kind: 'heartbeat', floor: 1, last: 1 }).then(
        () => true,
        () => false,
      ),
    );
    await until(() => !revocations.isStale());
  }, 60_000);

  it('is replaced by a new connection when the server answers but the issuer writes to another one', async () => {
    const [left, successor] = [await startRedisServer(), await startRedisServer()];
    server = successor;
    closeAfterTest(left.stop);
    const name = { port: left.port };
    const sockets: Socket[] = [];
    // A name that later leads to another server; open connections stay with the first one.
    const proxy = createServer((socket) => {
      const upstream = connect(name.port, '127.0.0.1');
      sockets.push(socket, upstream);
      for (const one of [socket, upstream]) one.on('error', () => undefined);
      socket.pipe(upstream).pipe(socket);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    closeAfterTest(async () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    });
    const { port } = proxy.address() as AddressInfo;
    const before = await setUpFeed(left.url);
    const { revocations, errors } = before.verifier({ url: `redis://127.0.0.1:${port}`, staleAfterSeconds: 5 });
    await before.publish(ended(1, now + 600), { kind: 'heartbeat', floor: 1, last: 1, term: 1, beat: 1 });
    await until(() => !revocations.isStale());

    name.port = successor.port;
    before.advance(6);
    await until(() => revocations.isStale());
    const writer = await openFeedWriter(successor.url);
    closeAfterTest(writer.close);
    const after = [ended(1, now + 600), ended(2, now + 600)] as const;
    const heartbeat = { kind: 'heartbeat', floor: 1, last: 2, term: 2, beat: 1 } as const;
    await writer.publish([...after, heartbeat].map((event) => before.issuer.sign(event)));
    await until(() => !revocations.isStale());
    expect([revocations.isRevoked('sid-2', now), errors]).toEqual([true, []]);
  }, 60_000);

  it('is replaced by a new connection when it accepts connections but does not answer', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    closeAfterTest(async () => {
      mute.close();
      for (const socket of sockets) socket.destroy();
    });
    const { port } = mute.address() as AddressInfo;
    const errors: string[] = [];
    const reader = openRedisFeedReader(`redis://127.0.0.1:${port}`, 'feed', {
      answerMs: 200,
      onTokens: async () => undefined,
      onError: ({ message }) => errors.push(message),
    });
    closeAfterTest(reader.close);
    await until(() => sockets.length > 2);
    // ETIMEDOUT when the connection itself was not established in that time.
    await until(() => errors.some((message) => /no answer from Redis within 200 ms|ETIMEDOUT/.test(message)));
  });

  it('does not delay the close of a writer while it is down', async () => {
    server = await startRedisServer();
    const writer = await openFeedWriter(server.url);
    closeAfterTest(writer.close);
    await server.stop();
    await expect(writer.publish(['a'])).rejects.toThrow();
    await writer.close();
  });
});
