import { EventEmitter, once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { Express, Response } from 'express';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { createApp, finishApp } from './create-app.ts';
import { type ListenOptions, listen } from './listen.ts';
import { openSocket, rawRequest, readAnswer } from './raw-request.fixture.ts';
import { createReadiness } from './readiness.ts';

/** An app whose `GET /slow` calls `arrived` and waits until the test answers. */
function slowApp(): { app: Express; arrived: EventEmitter; readiness: ReturnType<typeof createReadiness> } {
  const { log } = memoryLog();
  const arrived = new EventEmitter();
  const readiness = createReadiness({});
  const app = createApp({ log, readiness });
  app.get('/slow', (_req, res) => {
    arrived.emit('slow', res);
  });
  return { app: finishApp(app, { log, translate: [] }), arrived, readiness };
}

async function start(options: Partial<ListenOptions> = {}) {
  const { app, arrived, readiness } = slowApp();
  const server = await listen(app, { port: 0, host: '127.0.0.1', readiness, drainDelayMs: 0, ...options });
  return { ...server, arrived };
}

async function fetchWith(
  agent: Agent,
  url: string,
): Promise<{ status: number | undefined; connection: string | undefined }> {
  const [res]: IncomingMessage[] = await once(get(url, { agent }), 'response');
  res?.resume();
  if (res) await once(res, 'end');
  return { status: res?.statusCode, connection: res?.headers.connection };
}

/** Connects until that is refused (or reset, when the server stops while the connection waits to be accepted). */
async function stoppedListening(port: number): Promise<void> {
  try {
    for (;;) (await openSocket(port)).destroy();
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^ECONN(?:REFUSED|RESET)$/) });
  }
}

describe('listen', () => {
  it('releases pipelined requests of a disconnected client, each with its log line', async () => {
    const { log, lines } = memoryLog();
    const readiness = createReadiness({});
    const app = createApp({ log, readiness });
    app.get('/slow', () => undefined);
    const { port, drain } = await listen(finishApp(app, { log, translate: [] }), {
      port: 0,
      host: '127.0.0.1',
      readiness,
      drainDelayMs: 0,
    });
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const socket = await openSocket(port);
    socket.write(request('/slow') + request('/nothing').repeat(20));
    // Another connection is answered once all of that was read.
    await fetch(`http://127.0.0.1:${port}/livez`);
    socket.destroy();
    while (lines().length < 22) await new Promise(setImmediate);
    expect(lines().filter(({ aborted }) => aborted)).toHaveLength(21);
    await drain();
  });

  it('closes a connection with too many pipelined requests', async () => {
    const { port, drain } = await start();
    const socket = await openSocket(port);
    socket.on('error', () => undefined);
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(40));
    await once(socket, 'close');
    expect(await fetch(`http://127.0.0.1:${port}/livez`)).toMatchObject({ status: 200 });
    await drain();
  });

  it('applies tighter limits of headers, pipelined requests, and time without reading', async () => {
    const server = await start({ limits: { headerBytes: 2000, pipelined: 1, stillMs: 50 } });
    const long = await rawRequest(server.port, ['GET /livez HTTP/1.1', `X-Long: ${'x'.repeat(3000)}`]);
    expect(long.status).toBe(431);
    const ahead = await openSocket(server.port);
    ahead.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
    await once(ahead, 'close');
    const still = await openSocket(server.port);
    still.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(still, 'close');
    await server.drain();
  });

  it('listens on a free port for 0, and returns its URL', async () => {
    const { url, port, drain } = await start();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(port).toBeGreaterThan(0);
    expect(await fetch(`${url}/livez`)).toMatchObject({ status: 200 });
    await drain();
  });

  it('writes an IPv6 address in brackets', async () => {
    const { url, port, drain } = await start({ host: '::1' });
    expect(url).toBe(`http://[::1]:${port}`);
    await drain();
  });

  it('rejects when the port is taken', async () => {
    const { port, drain } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
    await drain();
  });

  it('sees a duplicate header after 2000 others', async () => {
    const { port, drain } = await start();
    const head = [
      'GET /livez HTTP/1.1',
      'X-Request-Id: a',
      ...Array.from({ length: 2500 }, () => 'a:'),
      'X-Request-Id: b',
    ];
    const answer = await rawRequest(port, head);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-request-id')).not.toBe('a');
    await drain();
  });

  it.each([
    ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['a header block over 16 KB', `GET /livez HTTP/1.1\r\nHost: a\r\nA: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['a space before the colon', 'GET /livez HTTP/1.1\r\nHost : a\r\n\r\n', 400],
  ])('answers a request with %s before the app', async (_case, bytes, status) => {
    const { port, drain } = await start();
    const socket = await openSocket(port);
    socket.write(bytes);
    expect((await readAnswer(socket)).status).toBe(status);
    await drain();
  });
});

describe('drain', () => {
  it('serves during the delay, not ready, with Connection: close', async () => {
    const { url, drain } = await start({ drainDelayMs: 300 });
    const agent = new Agent({ keepAlive: true });
    expect(await fetchWith(agent, `${url}/readyz`)).toEqual({ status: 200, connection: 'keep-alive' });
    const drained = drain();
    expect(await fetchWith(agent, `${url}/readyz`)).toEqual({ status: 503, connection: 'close' });
    expect(await fetchWith(agent, `${url}/livez`)).toEqual({ status: 200, connection: 'close' });
    expect(await drained).toEqual({ cut: false });
    await expect(fetchWith(agent, `${url}/livez`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
  });

  it('finishes a running request, with Connection: close', async () => {
    const { port, arrived, drain } = await start();
    const socket = await openSocket(port);
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    const [res]: Response[] = await once(arrived, 'slow');
    const drained = drain();
    await stoppedListening(port);
    res?.json({ done: true });
    const answer = await readAnswer(socket);
    expect([answer.status, answer.body, answer.headers.get('connection')]).toEqual([200, '{"done":true}', 'close']);
    expect(await drained).toEqual({ cut: false });
  });

  it('closes idle and unused connections at once', async () => {
    const { port, drain } = await start({ deadlineMs: 60_000 });
    const unused = await openSocket(port);
    const idle = await openSocket(port);
    idle.write('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle, 'data');
    const ended = Promise.all([once(unused.resume(), 'close'), once(idle.resume(), 'close')]);
    expect(await drain()).toEqual({ cut: false });
    await ended;
  });

  it('closes the running requests at the deadline', async () => {
    const { port, arrived, drain } = await start({ deadlineMs: 50 });
    const socket = await openSocket(port);
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(arrived, 'slow');
    const closed = once(socket.resume(), 'close');
    expect(await drain()).toEqual({ cut: true });
    await closed;
  });

  it('returns the same drain for a second call', async () => {
    const { drain } = await start();
    expect(drain()).toBe(drain());
    await drain();
  });
});
