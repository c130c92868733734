import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSender, type OutgoingRequest } from './send.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that answers `{}`, and from how many connections it was asked. */
async function open(options: { host?: string; keepAliveMs?: number } = {}) {
  const { host = '127.0.0.1', keepAliveMs = 60_000 } = options;
  let connections = 0;
  const hosts: (string | undefined)[] = [];
  const server: Server = createServer({ keepAliveTimeout: keepAliveMs }, (req, res) => {
    hosts.push(req.headers.host);
    req.resume().on('end', () => void res.end('{}'));
  }).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  closers.push(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { port, hosts, connections: () => connections };
}

const sent = (limit = { isOver: false, end: () => {} }): OutgoingRequest => ({
  method: 'POST',
  target: '/a?b=c',
  headers: { accept: 'application/json' },
  content: Buffer.from('[]'),
  limit,
});
const sender = (port: number, host = '127.0.0.1') =>
  createSender({ origin: new URL(`http://${host}:${port}`), maxBytes: 1000 });

describe('createSender', () => {
  it('sends sequential requests over one connection', async () => {
    const server = await open();
    const send = sender(server.port);
    for (let count = 0; count < 5; count += 1) expect((await send(sent())).status).toBe(200);
    expect(server.connections()).toBe(1);
  });

  it('does not reuse a connection that the server soon closes', async () => {
    const server = await open({ keepAliveMs: 3000 });
    const send = sender(server.port);
    for (let count = 0; count < 3; count += 1) expect((await send(sent())).status).toBe(200);
    expect(server.connections()).toBe(3);
  });

  it('sends nothing once the time is over', async () => {
    const server = await open();
    await expect(sender(server.port)(sent({ isOver: true, end: () => {} }))).rejects.toThrow('in time');
    expect(server.connections()).toBe(0);
  });

  it('connects to an origin that is an IPv6 address', async () => {
    const server = await open({ host: '::1' }).catch(() => undefined);
    // Not every machine has one.
    if (server === undefined) return;
    expect((await sender(server.port, '[::1]')(sent())).status).toBe(200);
    expect(server.hosts).toEqual([`[::1]:${server.port}`]);
  });
});
