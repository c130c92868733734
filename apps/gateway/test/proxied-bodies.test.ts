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

describe('a body', () => {
  it('of an answer is forwarded as it comes', async () => {
    let service: ServerResponse | undefined;
    serve((_req, res) => {
      service = res;
      res.write('first');
    });
    const req = open('GET').end();
    const [res] = await once(req, 'response');
    expect(String((await once(res, 'data'))[0])).toBe('first');
    service?.end('last');
    expect(String((await once(res, 'data'))[0])).toBe('last');
  });

  it('of a request is forwarded when it is complete', async () => {
    let body = '';
    serve((service, res) => {
      service.on('data', (part) => (body += String(part)));
      service.on('end', () => res.end('all of it'));
    });
    const req = open('POST');
    req.write('first');
    await ask('/products/another').expect(200);
    expect(seen.map(({ method }) => method)).toEqual(['GET']);
    req.end('last');
    await once(req, 'response');
    expect(body).toBe('firstlast');
  });

  it('of a large answer is not buffered without a bound', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    serve((_req, res) => {
      const more = (): void => {
        while (written < 2000) {
          written += 1;
          if (!res.write(chunk)) return void res.once('drain', more);
        }
        res.end();
      };
      more();
    });
    const [res] = await once(open('GET').end(), 'response');
    res.pause();
    let last = -1;
    await until(async () => {
      const stands = written === last && written > 0;
      last = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return stands;
    });
    expect(written).toBeLessThan(1000);
    let bytes = 0;
    for await (const part of res) bytes += part.length;
    expect(bytes).toBe(2000 * chunk.length);
  });

  it.each([
    ['by its length', { 'content-length': 100_001 }, 0],
    ['by its bytes', { 'transfer-encoding': 'chunked' }, 1],
  ])('that is too long, %s, is answered 413 and never reaches the service', async (_how, headers, more) => {
    serve((_service, res) => void res.end('all of it'));
    const req = open('POST', headers);
    req.write('x'.repeat(60_000));
    if (more === 1) req.write('x'.repeat(60_000));
    const [res] = await once(req, 'response');
    expect(res.statusCode).toBe(413);
    req.destroy();
    expect(seen).toEqual([]);
  });
});

describe('a client that leaves', () => {
  it('before it is answered ends its request at the service', async () => {
    serve(() => undefined);
    const req = open('GET').end();
    await until(() => seen.length === 1);
    req.destroy();
    await until(() => seen[0]?.destroyed === true);
  });

  it('in the middle of the answer ends its request at the service', async () => {
    serve((_req, res) => void res.write('first'));
    const req = open('GET').end();
    const [res] = await once(req, 'response');
    await once(res, 'data');
    req.destroy();
    await until(() => seen[0]?.destroyed === true);
  });

  it('many times does not open the breaker', async () => {
    serve(() => undefined);
    for (let times = 1; times <= 10; times += 1) {
      const req = open('GET').end();
      await until(() => seen.length === times);
      req.destroy();
      await until(() => seen.every((service) => service.destroyed));
    }
    serve((_req, res) => void res.end('ok'));
    expect((await ask('/products')).status).toBe(200);
  });
});

describe('Expect: 100-continue', () => {
  it('is answered, and the body is read', async () => {
    serve((service, res) => void service.pipe(res));
    const socket = connect(portOf(), '127.0.0.1');
    socket.write(
      'POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n',
    );
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 100 /);
    socket.write('hello');
    let text = '';
    for await (const part of socket) text += part;
    expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*hello/);
  });
});
