import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Listening, type ListenOptions, listen } from '../listen.ts';
import { openSocket } from '../raw-request.fixture.ts';
import { createReadiness } from '../readiness.ts';

/** More than the buffers of two sockets hold. */
const large = Buffer.alloc(30_000_000, 'x');

let server: Listening;
/** The answers that the server has begun, in their order. */
let answers: ServerResponse[] = [];
afterEach(() => server.drain());

async function start(options: Partial<ListenOptions>): Promise<void> {
  answers = [];
  const app: RequestListener = (_req, res) => {
    answers.push(res);
    res.end(large);
  };
  server = await listen(app, {
    port: 0,
    host: '127.0.0.1',
    readiness: createReadiness({}),
    drainDelayMs: 0,
    deadlineMs: 100,
    ...options,
  });
}

/** Sends a request and reads nothing. Resolves when the answer waits. */
async function askAndStall(): Promise<{ socket: Socket; answer: ServerResponse }> {
  const before = answers.length;
  const socket = await openSocket(server.port);
  socket.pause().on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  for (;;) {
    const answer = answers[before];
    if (answer !== undefined) return { socket, answer };
    await new Promise(setImmediate);
  }
}

/** Reads everything until the connection ends, in any way. */
async function readAll(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  await new Promise((resolve) => socket.once('close', resolve).resume());
  return bytes;
}

describe('a client that does not read its answer', () => {
  it('is closed when there is no traffic for the allowed time', async () => {
    await start({ limits: { stillMs: 200 } });
    const { socket, answer } = await askAndStall();
    await once(answer, 'close');
    expect(await readAll(socket)).toBeLessThan(large.length);
  });

  it('is closed when it reads too slowly', async () => {
    await start({ limits: { unreadMs: 1500 } });
    const { socket, answer } = await askAndStall();
    const sip = setInterval(() => socket.read(10_000), 50);
    await once(answer, 'close');
    clearInterval(sip);
    expect(await readAll(socket)).toBeLessThan(large.length);
  });

  it('is closed when too many bytes wait for all clients together, the longest waiting first, and no more than needed', async () => {
    await start({ limits: { unreadBytes: 40_000_000 } });
    const first = await askAndStall();
    const second = await askAndStall();
    await once(first.answer, 'close');
    expect(await readAll(first.socket)).toBeLessThan(large.length);
    expect(await readAll(second.socket.end())).toBeGreaterThan(large.length);
  });
});

describe('an idle connection', () => {
  it('is kept as long as configured, with any limit on unread answers', async () => {
    await start({ keepAliveMs: 900, limits: { stillMs: 100 } });
    const socket = await openSocket(server.port);
    socket.write('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [head] = await new Promise<[Buffer]>((resolve) => socket.once('data', (chunk) => resolve([chunk])));
    const answered = performance.now();
    expect(String(head)).toMatch(/^HTTP\/1\.1 200 .*\r\nKeep-Alive: timeout=\d/s);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(performance.now() - answered).toBeGreaterThan(800);
  });

  it('is kept for more than ten minutes, longer than by common proxies', async () => {
    await start({});
    const socket = await openSocket(server.port);
    socket.write('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [head] = await new Promise<[Buffer]>((resolve) => socket.once('data', (chunk) => resolve([chunk])));
    expect(String(head)).toContain('\r\nKeep-Alive: timeout=620\r\n');
    socket.destroy();
  });
});
