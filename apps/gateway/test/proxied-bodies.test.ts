import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { until, useScriptedProduct } from './scripted-product.ts';

const product = useScriptedProduct();

describe('a body', () => {
  it('of an answer is forwarded as it comes', async () => {
    let service: ServerResponse | undefined;
    product.serve((_req, res) => {
      service = res;
      res.write('first');
    });
    const req = product.open('GET').end();
    const [res] = await once(req, 'response');
    expect(String((await once(res, 'data'))[0])).toBe('first');
    service?.end('last');
    expect(String((await once(res, 'data'))[0])).toBe('last');
  });

  it('of a request is forwarded when it is complete', async () => {
    let body = '';
    product.serve((service, res) => {
      service.on('data', (part) => (body += String(part)));
      service.on('end', () => res.end('all of it'));
    });
    const req = product.open('POST');
    req.write('first');
    await product.ask('/products/another').expect(200);
    expect(product.seen.map(({ method }) => method)).toEqual(['GET']);
    req.end('last');
    await once(req, 'response');
    expect(body).toBe('firstlast');
  });

  it('of a large answer is not buffered without a bound', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    product.serve((_req, res) => {
      const more = (): void => {
        while (written < 2000) {
          written += 1;
          if (!res.write(chunk)) return void res.once('drain', more);
        }
        res.end();
      };
      more();
    });
    const [res] = await once(product.open('GET').end(), 'response');
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
    product.serve((_service, res) => void res.end('all of it'));
    const req = product.open('POST', headers);
    req.write('x'.repeat(60_000));
    if (more === 1) req.write('x'.repeat(60_000));
    const [res] = await once(req, 'response');
    expect(res.statusCode).toBe(413);
    req.destroy();
    expect(product.seen).toEqual([]);
  });
});

describe('a client that leaves', () => {
  it('before it is answered ends its request at the service', async () => {
    product.serve(() => undefined);
    const req = product.open('GET').end();
    await until(() => product.seen.length === 1);
    req.destroy();
    await until(() => product.seen[0]?.destroyed === true);
  });

  it('in the middle of the answer ends its request at the service', async () => {
    product.serve((_req, res) => void res.write('first'));
    const req = product.open('GET').end();
    const [res] = await once(req, 'response');
    await once(res, 'data');
    req.destroy();
    await until(() => product.seen[0]?.destroyed === true);
  });

  it('many times does not open the breaker', async () => {
    product.serve(() => undefined);
    for (let times = 1; times <= 10; times += 1) {
      const req = product.open('GET').end();
      await until(() => product.seen.length === times);
      req.destroy();
      await until(() => product.seen.every((service) => service.destroyed));
    }
    product.serve((_req, res) => void res.end('ok'));
    expect((await product.ask('/products')).status).toBe(200);
  });
});

describe('Expect: 100-continue', () => {
  it('is answered, and the body is read', async () => {
    product.serve((service, res) => void service.pipe(res));
    const socket = connect(product.port, '127.0.0.1');
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
