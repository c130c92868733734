import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type CapturingServices, openCapturingServices } from './capturing-services.ts';
import { openProxyHarness, type ProxyHarness, type ProxyHarnessOptions } from './proxy-harness.ts';
import { openSocket, parseAnswers, readToEnd, readUntil, sendRaw } from './raw-client.ts';

let services: CapturingServices;
let gateway: ProxyHarness;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.close();
  services.close();
});

async function open(options: Partial<ProxyHarnessOptions> = {}): Promise<void> {
  services = await openCapturingServices();
  gateway = await openProxyHarness({ origins: services.origins, ...options });
}

async function connected(bytes: string): Promise<Socket> {
  const socket = await openSocket(gateway.port);
  socket.on('error', () => undefined);
  sockets.push(socket);
  socket.write(bytes);
  return socket;
}

const head = (line: string, ...headers: string[]) => [`${line} HTTP/1.1`, 'Host: a', ...headers, '', ''].join('\r\n');
const half = `${head('POST /orders', 'Content-Length: 20')}half`;
const whole = `${head('POST /orders', 'Content-Length: 2', 'Connection: close')}{}`;
const livez = head('GET /livez', 'Connection: close');
/** Resolves when all bytes written before have been read: the gateway reads its connections in turn. */
const allRead = () => sendRaw(gateway.port, livez);

describe('bodies that clients do not finish', () => {
  it('take no slot of their service: other requests are answered', async () => {
    await open({ connections: 1 });
    for (let count = 0; count < 50; count += 1) await connected(half);
    await allRead();
    expect(await sendRaw(gateway.port, whole)).toMatchObject([{ status: 200 }]);
    expect(services.requests).toHaveLength(1);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([]);
  });

  it.each([
    ['by their length', half],
    ['in chunks', `${head('POST /orders', 'Transfer-Encoding: chunked')}4\r\nhalf\r\n`],
    ['that never begin', head('POST /orders', 'Content-Length: 20')],
  ])('are answered 408 in time, and their connection is closed: %s', async (_how, bytes) => {
    await open({ bodyTimeoutMs: 100 });
    const socket = await connected(bytes);
    const [answer] = parseAnswers(await readToEnd(socket));
    expect([answer?.status, JSON.parse(answer?.body ?? '').code]).toEqual([408, 'request_timeout']);
    expect(answer?.headers.get('connection')).toBe('close');
    expect(services.requests).toEqual([]);
    expect(await gateway.requestLine()).toMatchObject({ level: 'info', status: 408, code: 'request_timeout' });
  });

  it('are answered 408 in time, also while single bytes arrive', async () => {
    await open({ bodyTimeoutMs: 200 });
    const socket = await connected(head('POST /orders', 'Content-Length: 1000'));
    const timer = setInterval(() => socket.write('x'), 20);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(timer);
  });

  it('are cut off, the oldest first, when one client has too many; a new one is always read', async () => {
    // The bound for bodies of this size is two per client.
    await open({ maxBodyBytes: 10_000_000 });
    const [first, second, third] = [await connected(half), await connected(half), await connected(half)];
    const answer = await readToEnd(first);
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*request_timeout/s);
    expect([second.destroyed, third.destroyed]).toEqual([false, false]);
    expect(await sendRaw(gateway.port, whole)).toMatchObject([{ status: 200 }]);
  });

  it('are not answered 408 once they are complete', async () => {
    await open({ bodyTimeoutMs: 300 });
    services.answer((_req, res) => setTimeout(() => res.end('late'), 500));
    expect(await sendRaw(gateway.port, whole)).toMatchObject([{ status: 200, body: 'late' }]);
  });
});

describe('a request whose body is slow', () => {
  it('is refused before its body is read when its client is not authenticated', async () => {
    await open({
      authorize: () => {
        throw new Error('not known');
      },
    });
    const socket = await connected(half);
    await readUntil(socket, /^HTTP\/1\.1 500 /);
  });

  it('is authenticated again when its body took long', async () => {
    const asked: string[] = [];
    await open({
      authorize: () => {
        asked.push('asked');
        return { kind: 'session', accessToken: `token-${asked.length}`, onRefused: async () => undefined };
      },
    });
    const socket = await connected(half);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    socket.write('x'.repeat(16));
    await readUntil(socket, /^HTTP\/1\.1 200 /);
    expect(services.requests[0]?.headers).toContainEqual(['authorization', 'Bearer token-2']);
  });
});

describe('answers that clients do not read', () => {
  it('take no slot of their service, up to 256 KB beyond the socket buffers: other requests are answered', async () => {
    await open({ connections: 1 });
    services.answer((_req, res) => res.end('x'.repeat(200_000)));
    const unread: Socket[] = [];
    for (let count = 1; count <= 10; count += 1) {
      // The answers of one connection that is not read are together larger than the buffers of a socket.
      const socket = await connected(head('GET /products').repeat(2));
      unread.push(socket.pause());
      while (services.requests.length < count * 2) await new Promise(setImmediate);
    }
    expect(await sendRaw(gateway.port, head('GET /products', 'Connection: close'))).toMatchObject([{ status: 200 }]);
    for (const socket of unread) expect(socket.destroyed).toBe(false);
  });

  it('end with their client, and free the slot', async () => {
    await open({ connections: 1 });
    services.answer((_req, res) => res.end('x'.repeat(20_000_000)));
    const socket = await connected(head('GET /products'));
    socket.pause();
    while (services.requests.length === 0) await new Promise(setImmediate);
    socket.destroy();
    services.answer((_req, res) => res.end('x'));
    expect(await sendRaw(gateway.port, head('GET /products', 'Connection: close'))).toMatchObject([{ status: 200 }]);
  });

  it('reach a client that reads later completely', async () => {
    await open({ connections: 1 });
    services.answer((_req, res) => res.end('x'.repeat(5_000_000)));
    const socket = await connected(head('GET /products', 'Connection: close'));
    socket.pause();
    while (services.requests.length === 0) await new Promise(setImmediate);
    await allRead();
    expect(parseAnswers(await readToEnd(socket.resume()))[0]?.body).toHaveLength(5_000_000);
  });
});

describe('routes that are slow by design', () => {
  const login = head('POST /auth/login', 'Content-Length: 0', 'Connection: close');

  it('may take longer than the timeout of other routes, and open no breaker', async () => {
    await open({ timeoutMs: 100, breaker: { failures: 1, openMs: 60_000 } });
    services.answer((req, res) => setTimeout(() => res.end(req.url), 300));
    expect(await sendRaw(gateway.port, login)).toMatchObject([{ status: 200, body: '/auth/login' }]);
    services.answer((_req, res) => void res.end('ok'));
    const other = head('GET /auth/sessions', 'Connection: close');
    expect(await sendRaw(gateway.port, other)).toMatchObject([{ status: 200 }]);
    expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([]);
  });

  it('have slots of their own: many logins do not block other requests', async () => {
    await open({ connections: 4 });
    services.answer((req, res) => (req.url === '/auth/login' ? undefined : void res.end('ok')));
    for (let count = 0; count < 20; count += 1) await connected(login);
    const one = await connected(login);
    await allRead();
    const sessions = head('GET /auth/sessions', 'Connection: close');
    for (let count = 0; count < 8; count += 1) {
      expect(await sendRaw(gateway.port, sessions)).toMatchObject([{ status: 200, body: 'ok' }]);
    }
    one.destroy();
  });

  it('count as failures when their service cannot be reached', async () => {
    await open({ breaker: { failures: 2, openMs: 60_000 } });
    services.answer((_req, res) => void res.destroy());
    for (let count = 0; count < 2; count += 1) await sendRaw(gateway.port, login);
    expect(await gateway.samples('gateway_upstream_breaker')).toContain('{upstream="user",state="open"} 1');
  });
});
