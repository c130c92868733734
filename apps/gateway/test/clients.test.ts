import { Problem } from '@auth/http';
import { describe, expect, it } from '@jest/globals';
import type { Authentication } from '../src/authentication/authentication.ts';
import { session, useProxiedServices } from './proxied-services.ts';
import { openSocket } from './raw-client.ts';

const proxied = useProxiedServices();

describe('a service', () => {
  it.each<[string, Authentication, string | undefined]>([
    ['the token of the session', session(), 'Bearer kept'],
    ['the token of the client', { kind: 'bearer' }, 'Bearer own'],
    ['no token for an anonymous client', { kind: 'anonymous' }, undefined],
  ])('receives %s', async (_case, authentication, authorization) => {
    await proxied.open(() => authentication);
    await proxied.send('Authorization: Bearer own');
    expect(proxied.arrived('authorization')).toEqual([authorization]);
  });

  it('receives no request before the client is authenticated', async () => {
    let known: (authentication: Authentication) => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      void proxied
        .open(() => {
          resolve();
          return new Promise((settle) => {
            known = settle;
          });
        })
        .then(() => proxied.send());
    });
    await asked;
    expect(proxied.services.requests).toEqual([]);
    known({ kind: 'bearer' });
    expect(await proxied.gateway.requestLine()).toMatchObject({ status: 200 });
  });

  it('receives no request of a client that left meanwhile', async () => {
    let left: Promise<unknown> = Promise.resolve();
    await proxied.open(async () => {
      await left;
      return { kind: 'bearer' };
    });
    const client = await openSocket(proxied.gateway.port);
    left = proxied.gateway.requestLine();
    client.write('GET /products HTTP/1.1\r\nHost: a\r\n\r\n', () => client.destroy());
    expect(await proxied.gateway.requestLine()).toMatchObject({ aborted: true });
    await proxied.send();
    expect(proxied.services.requests).toHaveLength(1);
  });

  it.each<[string, () => Authentication | Promise<Authentication>]>([
    ['at once', () => throwing(new Problem('forbidden', { reason: 'why' }))],
    ['later', async () => throwing(new Problem('forbidden', { reason: 'why' }))],
  ])(
    'receives no request of a client that is refused %s; the refusal is counted and logged once',
    async (_case, authorize) => {
      await proxied.open(authorize);
      const answer = await proxied.send('X-Request-Id: r1');
      expect([answer?.status, answer?.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
      expect(JSON.parse(answer?.body ?? '')).toMatchObject({ code: 'forbidden', requestId: 'r1' });
      expect(answer?.headers.get('x-request-id')).toBe('r1');
      expect(proxied.services.requests).toEqual([]);
      expect(proxied.gateway.lines()).toMatchObject([
        { path: '/products', status: 403, code: 'forbidden', reason: 'why', requestId: 'r1', upstream: 'product' },
      ]);
      expect(await proxied.gateway.samples('http_requests_total')).toEqual([
        '{method="GET",route="/products/*",status="403"} 1',
      ]);
    },
  );

  it('receives the address of the client, as far as trusted proxies report it', async () => {
    await proxied.open(() => ({ kind: 'anonymous' }), { trustedProxies: ['127.0.0.0/8'] });
    await proxied.send('X-Forwarded-For: 198.51.100.1, 203.0.113.9');
    await proxied.send('X-Forwarded-For: made up');
    expect(proxied.arrived('x-forwarded-for')).toEqual(['203.0.113.9', '127.0.0.1']);
  });

  it('receives the ids of the request that the log and the client get', async () => {
    await proxied.open(() => ({ kind: 'anonymous' }));
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const answer = await proxied.send('X-Request-Id: r1', `traceparent: 00-${trace}-b7ad6b7169203331-00`);
    expect([proxied.arrived('x-request-id'), answer?.headers.get('x-request-id')]).toEqual([['r1'], 'r1']);
    expect(proxied.arrived('traceparent')).toEqual([
      expect.stringMatching(new RegExp(`^00-${trace}-[\\da-f]{16}-00$`)),
    ]);
    expect(await proxied.gateway.requestLine()).toMatchObject({ requestId: 'r1', traceId: trace });
  });
});

function throwing(error: Error): never {
  throw error;
}

describe('the log', () => {
  it('has one line for a proxied request, as for any other request', async () => {
    await proxied.open(() => session());
    await proxied.send('X-Request-Id: r1');
    expect(await proxied.gateway.requestLine()).toEqual({
      level: 'info',
      time: expect.any(String),
      service: 'gateway',
      method: 'GET',
      path: '/products',
      status: 200,
      ms: expect.any(Number),
      upstream: 'product',
      session: 's1',
      requestId: 'r1',
      traceId: expect.any(String),
      msg: expect.stringMatching(/^GET \/products 200 [\d.]+ ms$/),
    });
    expect(proxied.gateway.lines()).toHaveLength(1);
    expect(await proxied.gateway.samples('http_requests_total')).toEqual([
      '{method="GET",route="/products/*",status="200"} 1',
    ]);
    expect(await proxied.gateway.samples('http_request_duration_seconds_count')).toHaveLength(1);
  });
});

describe('an answer to a session', () => {
  it.each([
    [undefined, 'no-store'],
    ['no-cache', 'private, no-cache'],
    ['max-age=60', 'private, max-age=60'],
    ['no-store', 'no-store'],
    ['private, no-cache', 'private, no-cache'],
    ['public, max-age=300', 'public, max-age=300'],
    ['max-age=1, MUST-REVALIDATE', 'max-age=1, MUST-REVALIDATE'],
    ['s-maxage=5', 's-maxage=5'],
    ['not-private', 'private, not-private'],
  ])('with Cache-Control %s has %s, since caches on the way do not know of the token', async (given, expected) => {
    await proxied.open(() => session());
    proxied.services.answer((_req, res) =>
      res.writeHead(200, given === undefined ? {} : { 'Cache-Control': given }).end(),
    );
    expect((await proxied.send())?.headers.get('cache-control')).toBe(expected);
  });

  it.each([undefined, 'max-age=60'])(
    'keeps its Cache-Control for a client with a token of its own: %s',
    async (given) => {
      await proxied.open(() => ({ kind: 'bearer' }));
      proxied.services.answer((_req, res) =>
        res.writeHead(200, given === undefined ? {} : { 'Cache-Control': given }).end(),
      );
      expect((await proxied.send())?.headers.get('cache-control')).toBe(given);
    },
  );
});
