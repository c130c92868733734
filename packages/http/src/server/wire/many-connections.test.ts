import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '../listen.ts';
import { openSocket } from '../raw-request.fixture.ts';
import { createReadiness } from '../readiness.ts';

let server: Listening;
let sockets: Socket[] = [];
let held: ServerResponse[] = [];
beforeEach(async () => {
  [sockets, held] = [[], []];
  const app = (req: { url?: string | undefined }, res: ServerResponse) => {
    if (req.url === '/held') held.push(res);
    else res.end('fine');
  };
  server = await listen(app, {
    port: 0,
    host: '127.0.0.1',
    readiness: createReadiness({}),
    drainDelayMs: 0,
    deadlineMs: 100,
    limits: { connections: 3 },
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await server.drain();
});

async function open(): Promise<Socket> {
  const socket = await openSocket(server.port);
  sockets.push(socket.on('error', () => undefined));
  return socket;
}

async function ask(socket: Socket, path = '/'): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}

async function hold(): Promise<Socket> {
  const socket = await open();
  const before = held.length;
  socket.write('GET /held HTTP/1.1\r\nHost: a\r\n\r\n');
  while (held.length === before) await new Promise(setImmediate);
  return socket;
}

describe('more connections than a server keeps', () => {
  it('close the connection that is idle longest, and none with a request', async () => {
    const busy = await hold();
    const [older, newer] = [await open(), await open()];
    await ask(newer);
    await ask(older);
    const closed = once(newer.resume(), 'close');
    expect(await ask(await open())).toMatch(/fine$/);
    await closed;
    expect(await ask(older)).toMatch(/fine$/);
    held[0]?.end('held');
    expect(String(await once(busy, 'data'))).toMatch(/held$/);
  });

  it('are refused when every one has a request', async () => {
    for (let count = 0; count < 3; count += 1) await hold();
    const late = await open();
    await once(late.resume(), 'close');
    held[0]?.end('held');
    expect(String(await once(sockets[0] ?? late, 'data'))).toMatch(/held$/);
    expect(await ask(await open())).toMatch(/fine$/);
  });
});
