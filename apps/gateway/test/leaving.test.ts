import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HeldService, openHeldService } from './held-service.ts';
import { openProxyHarness, type ProxyHarness } from './proxy-harness.ts';
import { openSocket, parseAnswers, readToEnd, readUntil, sendRaw } from './raw-client.ts';

let service: HeldService;
let gateway: ProxyHarness;
let client: Socket;
beforeEach(async () => {
  service = await openHeldService();
  // One failure opens the breaker, so the tests show that a client that leaves is none.
  const breaker = { failures: 1, openMs: 60_000 };
  gateway = await openProxyHarness({ origins: service.origins, connections: 1, breaker, maxBodyBytes: 20 });
  client = await openSocket(gateway.port);
});
afterEach(async () => {
  client.destroy();
  await gateway.close();
  service.close();
});

const get = 'GET /products HTTP/1.1\r\nHost: a\r\n\r\n';
const lastGet = 'GET /products HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const post = (...headers: string[]) => ['POST /orders HTTP/1.1', 'Host: a', ...headers, '', ''].join('\r\n');

/** Checks that the one connection to the service is free again, and that no failure was counted. */
async function expectUnharmed(): Promise<void> {
  const opened = service.arrived();
  const answers = sendRaw(gateway.port, lastGet);
  const [, res] = await opened;
  res.end('fine');
  expect(await answers).toMatchObject([{ status: 200, body: 'fine' }]);
  expect(await gateway.samples('gateway_upstream_failures_total')).toEqual([]);
}

describe('a client that leaves', () => {
  it('before it is answered ends its request at the service', async () => {
    const opened = service.arrived();
    client.write(get);
    const [, res] = await opened;
    client.destroy();
    await once(res, 'close');
    expect(res.writableFinished).toBe(false);
    const line = await gateway.requestLine();
    expect(line).toMatchObject({ level: 'info', aborted: true, upstream: expect.any(String) });
    expect(line).not.toHaveProperty('status');
    await expectUnharmed();
  });

  it.each([
    ['in the middle of its body', `${post('Content-Length: 9')}half`],
    ['in the middle of a chunked body', `${post('Transfer-Encoding: chunked')}4\r\nhalf\r\n`],
  ])('%s never reaches the service', async (_case, bytes) => {
    client.write(bytes);
    // The gateway has read all bytes above once it answers another connection.
    await sendRaw(gateway.port, 'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    client.destroy();
    expect(await gateway.requestLine(2)).toMatchObject({ level: 'info', aborted: true, upstream: 'order' });
    await expectUnharmed();
  });

  it('in the middle of the answer ends its request at the service', async () => {
    const opened = service.arrived();
    client.write(get);
    const [, res] = await opened;
    res.write('half');
    await readUntil(client, /half/);
    client.destroy();
    await once(res, 'close');
    expect(await gateway.requestLine()).toMatchObject({ level: 'info', status: 200, aborted: true });
    await expectUnharmed();
  });

  it('while it waits for a slot never reaches the service', async () => {
    const opened = service.arrived();
    client.write(get);
    const [, res] = await opened;
    const waiting = await openSocket(gateway.port);
    waiting.write('GET /products/never HTTP/1.1\r\nHost: a\r\n\r\n');
    // The gateway has read all bytes above once it answers another connection.
    await sendRaw(gateway.port, 'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    waiting.destroy();
    await gateway.requestLine(2);
    const next = service.arrived();
    res.end('first');
    await readUntil(client, /first/);
    client.write('GET /products/next HTTP/1.1\r\nHost: a\r\n\r\n');
    const [req, last] = await next;
    expect(req.url).toBe('/products/next');
    last.end();
    await expectUnharmed();
  });

  it('after a second pipelined request ends both', async () => {
    const opened = service.arrived();
    client.write(get);
    const [, first] = await opened;
    client.write(get);
    client.destroy();
    await once(first, 'close');
    expect(await gateway.requestLine(2)).toMatchObject({ aborted: true });
    await expectUnharmed();
  });
});

describe('a body that is too large', () => {
  it('is refused by its length before anything of it is sent', async () => {
    const bytes = `${post('Content-Length: 21', 'Connection: close')}${'x'.repeat(21)}`;
    const [answer] = await sendRaw(gateway.port, bytes);
    expect([answer?.status, JSON.parse(answer?.body ?? '').code]).toEqual([413, 'payload_too_large']);
    await expectUnharmed();
  });

  it('without a length is refused beyond the limit, never reaches the service, and the connection takes the next request', async () => {
    client.write(`${post('Transfer-Encoding: chunked')}a\r\n${'x'.repeat(10)}\r\n`);
    client.write(`b\r\n${'x'.repeat(11)}\r\n`);
    await readUntil(client, / 413 .*payload_too_large/s);
    expect(await gateway.requestLine()).toMatchObject({ status: 413, code: 'payload_too_large', upstream: 'order' });
    const next = service.arrived();
    client.write(`5\r\nmore!\r\n0\r\n\r\n${lastGet}`);
    const [req, last] = await next;
    expect(req.url).toBe('/products');
    last.end('next');
    expect(parseAnswers(await readToEnd(client))).toMatchObject([{ status: 200, body: 'next' }]);
    await expectUnharmed();
  });

  it('is accepted at exactly the limit', async () => {
    const opened = service.arrived();
    const answers = sendRaw(gateway.port, `${post('Content-Length: 20', 'Connection: close')}${'x'.repeat(20)}`);
    const [req, res] = await opened;
    req.resume();
    res.end('fine');
    expect(await answers).toMatchObject([{ status: 200 }]);
  });
});
