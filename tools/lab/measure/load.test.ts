import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openLoad } from './load.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const four = ['a', 'b', 'c', 'd'].map((name) => ({ 'x-client': name }));

/** A server that answers every third request 503, and counts connections and concurrent requests. */
async function openServer() {
  const seen = { requests: 0, connections: 0, atOnce: 0, most: 0, clients: new Set<unknown>() };
  const server = createServer((req, res) => {
    seen.clients.add(req.headers['x-client']);
    seen.requests += 1;
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    const status = seen.requests % 3 === 0 ? 503 : 200;
    setImmediate(() => {
      seen.atOnce -= 1;
      res.writeHead(status).end('x'.repeat(100));
    });
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  const load = openLoad();
  closers.push(() => load.close());
  const { port } = server.address() as AddressInfo;
  return { seen, load, ask: { origin: `http://127.0.0.1:${port}`, path: '/' } };
}

describe('openLoad', () => {
  it('sends the number of requests, one at a time for each client, over kept connections', async () => {
    const { seen, load, ask } = await openServer();
    for (let turn = 0; turn < 3; turn += 1) await load.run({ ask, clients: four, until: { requests: 40 } });
    expect(seen).toMatchObject({ requests: 120, connections: 4, most: 4 });
    expect([...seen.clients].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('counts answers other than 200, and times the rest', async () => {
    const { load, ask } = await openServer();
    const { times, failures, seconds } = await load.run({ ask, clients: four.slice(2), until: { requests: 30 } });
    expect(failures).toEqual({ 503: 10 });
    expect(times).toHaveLength(20);
    expect(Math.max(...times)).toBeLessThanOrEqual(seconds * 1000);
    expect(Math.min(...times)).toBeGreaterThan(0);
  });

  it('ends after the given time', async () => {
    const { seen, load, ask } = await openServer();
    const { seconds } = await load.run({ ask, clients: four.slice(2), until: { ms: 100 } });
    expect(seconds).toBeGreaterThanOrEqual(0.1);
    expect(seen.atOnce).toBe(0);
    // Both clients asked more than once, however slow the machine is.
    expect(seen.requests).toBeGreaterThan(2);
  });

  it('keeps the pace, spread over the clients', async () => {
    const { seen, load, ask } = await openServer();
    const { seconds } = await load.run({ ask, clients: four, perSecond: 100, until: { requests: 20 } });
    // The first request is due at once, the last one 190 ms later.
    expect(seconds).toBeGreaterThanOrEqual(0.18);
    expect(seen.requests).toBe(20);
    expect([...seen.clients].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('rejects when no server listens', async () => {
    const load = openLoad();
    closers.push(() => load.close());
    const ask = { origin: 'http://127.0.0.1:1', path: '/' };
    await expect(load.run({ ask, clients: four.slice(3), until: { requests: 1 } })).rejects.toThrow();
  });
});
