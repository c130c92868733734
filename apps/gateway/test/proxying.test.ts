import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness, openSurroundings, type Surroundings } from './harness.ts';

let around: Surroundings;
let gateway: Harness;
let handle: RequestListener;
let seen: IncomingMessage[];

const server = createServer((req, res) => {
  // The probe of the breaker.
  if (req.url !== '/livez') seen.push(req);
  handle(req, res);
});

/** A gateway with a service behind /products that a test scripts; /orders goes to another service. */
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  around = await openSurroundings();
  const { port } = server.address() as AddressInfo;
  gateway = await openHarness(around, { product: `http://127.0.0.1:${port}`, breaker: { failures: 3, openMs: 100 } });
});
afterEach(async () => {
  // A success resets the failures of this test for the next one.
  handle = (_req, res) => void res.end('ok');
  await until(async () => (await ask('/products')).status === 200);
});
afterAll(async () => {
  await gateway.close();
  await around.close();
  server.close();
  server.closeAllConnections();
});

function serve(listener: RequestListener): void {
  seen = [];
  handle = listener;
}
serve((_req, res) => void res.end('ok'));

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const portOf = () => (gateway.server.address() as AddressInfo).port;
const ask = (path: string) => request(gateway.server).get(path).set('Authorization', 'Bearer x');

/** Sends a request whose body and answer are streams. */
function open(method: string, headers: Record<string, string | number> = {}) {
  const req = httpRequest({
    port: portOf(),
    method,
    path: '/products',
    headers: { authorization: 'Bearer x', ...headers },
  });
  req.on('error', () => undefined);
  return req;
}

const isOpen = async () =>
  (await metric('gateway_upstream_breaker')).some((line) => /upstream="product",state="open".* 1$/.test(line));

async function metric(name: string): Promise<string[]> {
  const { text } = await gateway.metrics.render();
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('a service', () => {
  it.each([
    ['that does not answer in time', 504, 'upstream_timeout', () => undefined],
    [
      'that closes the connection',
      502,
      'upstream_failed',
      (_req: IncomingMessage, res: ServerResponse) => void res.destroy(),
    ],
    [
      'that answers no HTTP',
      ...([502, 'upstream_failed'] as const),
      (_req: IncomingMessage, res: ServerResponse) => void res.socket?.end('SSH-2.0-OpenSSH\r\n'),
    ],
  ])('%s is a %i', async (_what, status, code, listener) => {
    serve(listener);
    const answer = await ask('/products').set('X-Request-Id', 'of-this-test');
    expect(answer.body).toMatchObject({ status, code, requestId: 'of-this-test' });
  });

  it('that breaks off in the middle of its answer does not look complete', async () => {
    serve((_req, res) => {
      res.write('{"items":[');
      setTimeout(() => res.destroy(), 20);
    });
    const [res] = await once(open('GET').end(), 'response');
    res.resume();
    await expect(once(res, 'end')).rejects.toThrow('aborted');
  });

  it('that answers with a problem of its own has it forwarded', async () => {
    serve((_req, res) => void res.writeHead(503, { 'retry-after': '9' }).end('busy'));
    for (let times = 0; times < 10; times += 1) {
      const answer = await ask('/products');
      expect([answer.status, answer.headers['retry-after'], answer.text]).toEqual([503, '9', 'busy']);
    }
  });

  it('receives a retry on another connection only for requests that change nothing, when a kept connection is closed', async () => {
    let dead = 2;
    serve((_req, res) => {
      dead -= 1;
      if (dead >= 1) res.socket?.destroy();
      else res.end('ok');
    });
    expect((await ask('/products')).status).toBe(200);
    expect(seen).toHaveLength(2);
    dead = 2;
    seen = [];
    expect((await request(gateway.server).post('/products').set('Authorization', 'Bearer x').send({})).status).toBe(
      502,
    );
    expect(seen).toHaveLength(1);
  });
});

describe('a client', () => {
  it.each([431, 408, 413])(
    'whose request the service refuses to read (%i) does not open the breaker',
    async (status) => {
      serve((_req, res) => void res.socket?.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`));
      for (let times = 0; times < 5; times += 1) {
        const { body } = await ask('/products');
        expect(body).toMatchObject({ status: 400, code: 'invalid_request' });
      }
      serve((_req, res) => void res.end('ok'));
      expect((await ask('/products')).status).toBe(200);
    },
  );

  it('is never the probe of a breaker, so no other client waits for its slow body', async () => {
    serve((_req, res) => void res.socket?.destroy());
    await until(async () => (await ask('/products')).status >= 500 && (await isOpen()));
    const slow = open('POST', { 'content-length': 10 });
    slow.write('x');
    const [refused] = await once(slow, 'response');
    expect(refused.statusCode).toBe(503);
    slow.destroy();
  });

  it('that does not read its answers does not block other clients', async () => {
    const narrow = await openHarness(around, { connections: 1 });
    around.service.answer((res) => void (res.req.url === '/orders' ? undefined : res.end('ok')));
    const line = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n`;
    const socket = connect((narrow.server.address() as AddressInfo).port, '127.0.0.1');
    const before = around.service.received.length;
    // The second answer waits for the first, which does not come.
    socket.write(line('/orders') + line('/products'));
    await until(() => around.service.received.slice(before).some(({ target }) => target === '/products'));
    const answer = await request(narrow.server).get('/products').set('Authorization', 'Bearer x');
    expect(answer.status).toBe(200);
    socket.destroy();
    around.service.answer(undefined);
    await narrow.close();
  });
});

describe('a service that is down', () => {
  it('opens its breaker, which affects no other service, and closes again by itself', async () => {
    serve((_req, res) => void res.socket?.destroy());
    const post = () => request(gateway.server).post('/products').set('Authorization', 'Bearer x').send({});
    const codes: string[] = [];
    for (let times = 0; times < 5; times += 1) codes.push((await post()).body.code);
    expect(codes).toEqual(['upstream_failed', 'upstream_failed', 'upstream_failed', 'unavailable', 'unavailable']);
    expect(seen).toHaveLength(3);
    const shut = await post();
    expect([shut.status, Number(shut.headers['retry-after'])]).toEqual([503, expect.any(Number)]);
    expect(await metric('gateway_upstream_breaker')).toContainEqual(
      expect.stringMatching(/upstream="product",state="(?:half_)?open".* 1$/),
    );
    expect((await ask('/orders')).status).toBe(200);
    serve((_req, res) => void res.end('ok'));
    await until(async () => (await ask('/products')).status === 200);
    expect(await metric('gateway_upstream_breaker')).toContainEqual(
      expect.stringMatching(/upstream="product",state="closed".* 1$/),
    );
  });

  it('is counted', async () => {
    serve((_req, res) => void res.socket?.destroy());
    const [before = ''] = await metric('gateway_upstream_failures_total{upstream="product",code="upstream_failed"');
    await request(gateway.server).post('/products').set('Authorization', 'Bearer x').send({});
    const [after = ''] = await metric('gateway_upstream_failures_total{upstream="product",code="upstream_failed"');
    expect(Number(after.split(' ').at(-1))).toBe(Number(before.split(' ').at(-1)) + 1);
  });
});
