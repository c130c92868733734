import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { openHarness } from './harness.ts';
import { until, useScriptedProduct } from './scripted-product.ts';

const product = useScriptedProduct();

const isOpen = async () =>
  (await metric('gateway_upstream_breaker')).some((line) => /upstream="product",state="open".* 1$/.test(line));

async function metric(name: string): Promise<string[]> {
  const { text } = await product.gateway.metrics.render();
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
    product.serve(listener);
    const answer = await product.ask('/products').set('X-Request-Id', 'of-this-test');
    expect(answer.body).toMatchObject({ status, code, requestId: 'of-this-test' });
  });

  it('that breaks off in the middle of its answer does not look complete', async () => {
    product.serve((_req, res) => {
      res.write('{"items":[');
      setTimeout(() => res.destroy(), 20);
    });
    const [res] = await once(product.open('GET').end(), 'response');
    res.resume();
    await expect(once(res, 'end')).rejects.toThrow('aborted');
  });

  it('that answers with a problem of its own has it forwarded', async () => {
    product.serve((_req, res) => void res.writeHead(503, { 'retry-after': '9' }).end('busy'));
    for (let times = 0; times < 10; times += 1) {
      const answer = await product.ask('/products');
      expect([answer.status, answer.headers['retry-after'], answer.text]).toEqual([503, '9', 'busy']);
    }
  });

  it('receives a retry on another connection only for requests that change nothing, when a kept connection is closed', async () => {
    let dead = 2;
    product.serve((_req, res) => {
      dead -= 1;
      if (dead >= 1) res.socket?.destroy();
      else res.end('ok');
    });
    expect((await product.ask('/products')).status).toBe(200);
    expect(product.seen).toHaveLength(2);
    dead = 2;
    product.forget();
    expect(
      (await request(product.gateway.server).post('/products').set('Authorization', 'Bearer x').send({})).status,
    ).toBe(502);
    expect(product.seen).toHaveLength(1);
  });
});

describe('a client', () => {
  it.each([431, 408, 413])(
    'whose request the service refuses to read (%i) does not open the breaker',
    async (status) => {
      product.serve((_req, res) => void res.socket?.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`));
      for (let times = 0; times < 5; times += 1) {
        const { body } = await product.ask('/products');
        expect(body).toMatchObject({ status: 400, code: 'invalid_request' });
      }
      product.serve((_req, res) => void res.end('ok'));
      expect((await product.ask('/products')).status).toBe(200);
    },
  );

  it('is never the probe of a breaker, so no other client waits for its slow body', async () => {
    product.serve((_req, res) => void res.socket?.destroy());
    await until(async () => (await product.ask('/products')).status >= 500 && (await isOpen()));
    const slow = product.open('POST', { 'content-length': 10 });
    slow.write('x');
    const [refused] = await once(slow, 'response');
    expect(refused.statusCode).toBe(503);
    slow.destroy();
  });

  it('that does not read its answers does not block other clients', async () => {
    const narrow = await openHarness(product.around, { connections: 1 });
    product.around.service.answer((res) => void (res.req.url === '/orders' ? undefined : res.end('ok')));
    const line = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n`;
    const socket = connect((narrow.server.address() as AddressInfo).port, '127.0.0.1');
    const before = product.around.service.received.length;
    // The second answer waits for the first, which does not come.
    socket.write(line('/orders') + line('/products'));
    await until(() => product.around.service.received.slice(before).some(({ target }) => target === '/products'));
    const answer = await request(narrow.server).get('/products').set('Authorization', 'Bearer x');
    expect(answer.status).toBe(200);
    socket.destroy();
    product.around.service.answer(undefined);
    await narrow.close();
  });
});

describe('a service that is down', () => {
  it('opens its breaker, which affects no other service, and closes again by itself', async () => {
    product.serve((_req, res) => void res.socket?.destroy());
    const post = () => request(product.gateway.server).post('/products').set('Authorization', 'Bearer x').send({});
    const codes: string[] = [];
    for (let times = 0; times < 5; times += 1) codes.push((await post()).body.code);
    expect(codes).toEqual(['upstream_failed', 'upstream_failed', 'upstream_failed', 'unavailable', 'unavailable']);
    expect(product.seen).toHaveLength(3);
    const shut = await post();
    expect([shut.status, Number(shut.headers['retry-after'])]).toEqual([503, expect.any(Number)]);
    expect(await metric('gateway_upstream_breaker')).toContainEqual(
      expect.stringMatching(/upstream="product",state="(?:half_)?open".* 1$/),
    );
    expect((await product.ask('/orders')).status).toBe(200);
    product.serve((_req, res) => void res.end('ok'));
    await until(async () => (await product.ask('/products')).status === 200);
    expect(await metric('gateway_upstream_breaker')).toContainEqual(
      expect.stringMatching(/upstream="product",state="closed".* 1$/),
    );
  });

  it('is counted', async () => {
    product.serve((_req, res) => void res.socket?.destroy());
    const [before = ''] = await metric('gateway_upstream_failures_total{upstream="product",code="upstream_failed"');
    await request(product.gateway.server).post('/products').set('Authorization', 'Bearer x').send({});
    const [after = ''] = await metric('gateway_upstream_failures_total{upstream="product",code="upstream_failed"');
    expect(Number(after.split(' ').at(-1))).toBe(Number(before.split(' ').at(-1)) + 1);
  });
});
