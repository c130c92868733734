import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import * as z from 'zod';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { publicRoutes } from '../route/public-routes.ts';
import { defineRoutes } from '../route/route.ts';
import { createApp, finishApp } from './create-app.ts';
import type { Listening } from './listen.ts';
import { rawRequest, serveForTest } from './raw-request.fixture.ts';
import { createReadiness } from './readiness.ts';

const { log } = memoryLog();
const newApp = (readiness = createReadiness({})) => createApp({ log, readiness });

const answer = { status: 200, description: 'It.', schema: z.object({}) } as const;
const id = { params: z.object({ id: z.string() }) };
const routes = defineRoutes({
  'GET /orders/:id': { who: 'anyone', summary: 'Read', ...id, answer },
  'POST /orders/:id': { who: 'anyone', summary: 'Add', ...id, answer },
  'DELETE /orders/:id': { who: 'anyone', summary: 'Remove', ...id, answer: { status: 204, description: 'Gone.' } },
  'POST /login': { who: 'anyone', summary: 'Log in', answer },
});

function things() {
  const app = newApp();
  const body = {};
  app.use(
    publicRoutes({
      routes,
      handlers: {
        'GET /orders/:id': () => ({ body }),
        'POST /orders/:id': () => ({ body }),
        'DELETE /orders/:id': () => undefined,
        'POST /login': () => ({ body }),
      },
      guard: () => [],
    }),
  );
  return finishApp(app, { log, translate: [] });
}

describe('an app', () => {
  it('sends the security headers of a JSON API, and no X-Powered-By', async () => {
    const { headers } = await request(things()).get('/orders/1');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    for (const name of ['x-powered-by', 'etag', 'strict-transport-security']) expect(headers).not.toHaveProperty(name);
  });

  it('ignores X-Forwarded headers without trusted proxies', async () => {
    const app = newApp();
    app.get('/ip', (req, res) => {
      res.json([req.ip, req.protocol, req.host]);
    });
    const answer = await request(app)
      .get('/ip')
      .set({ 'X-Forwarded-For': '9.9.9.9', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'evil', Host: 'me' });
    expect(answer.body).toEqual([expect.stringContaining('127.0.0.1'), 'http', 'me']);
  });

  it('parses the query without nesting', async () => {
    const app = newApp();
    app.get('/q', (req, res) => {
      res.json(req.query);
    });
    expect((await request(app).get('/q?a[b]=1&c=2&c=3')).body).toEqual({ 'a[b]': '1', c: ['2', '3'] });
  });
});

describe('probes', () => {
  it('GET /livez answers 200', async () => {
    const answer = await request(things()).get('/livez');
    expect([answer.status, answer.body, answer.headers['cache-control']]).toEqual([200, { status: 'ok' }, 'no-store']);
  });

  it('GET /readyz answers 200 when all checks pass', async () => {
    const answer = await request(things()).get('/readyz');
    expect([answer.status, answer.body, answer.headers['cache-control']]).toEqual([
      200,
      { status: 'ready' },
      'no-store',
    ]);
  });

  it.each([
    ['GET', '/livez'],
    ['HEAD', '/livez'],
    ['GET', '/readyz'],
    ['OPTIONS', '/livez'],
    ['POST', '/livez'],
    ['OPTIONS', '/orders/1'],
  ])('%s %s answers 400 to a service token', async (method, path) => {
    const server = await serveForTest(things());
    const answer = await rawRequest(server.port, [`${method} ${path} HTTP/1.1`, 'Service-Token: a.b.c']);
    expect(answer.status).toBe(400);
    if (method !== 'HEAD') expect(JSON.parse(answer.body).code).toBe('invalid_service_token');
    await server.drain();
  });

  it('GET /readyz answers 503 with the names of the failing checks, not the reasons', async () => {
    const down = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3'));
    const readiness = createReadiness({ database: down, keys: async () => {} });
    const answer = await request(finishApp(newApp(readiness), { log, translate: [] })).get('/readyz');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect(answer.body).toMatchObject({ code: 'unavailable', detail: 'Not ready: database.' });
    expect(answer.text).not.toContain('10.1.2.3');
  });

  it('GET /readyz answers 503 while draining', async () => {
    const readiness = createReadiness({});
    readiness.drain();
    const answer = await request(finishApp(newApp(readiness), { log, translate: [] })).get('/readyz');
    expect([answer.status, answer.body.detail]).toEqual([503, 'Not ready: draining.']);
  });
});

describe('routes that do not exist', () => {
  it.each(['/', '/nothing', '/orders', '/Orders/1', '/orders/1/', '/LIVEZ', '/livez/', '/orders/1/x'])(
    'answers 404 to GET %s',
    async (path) => {
      const answer = await request(things()).get(path);
      expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    },
  );

  it.each([
    ['PUT', '/orders/1', 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['GET', '/login', 'OPTIONS, POST'],
    ['POST', '/livez', 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/orders/1', 'DELETE, GET, HEAD, OPTIONS, POST'],
  ])('answers 405 to %s %s with Allow: %s', async (method, path, allow) => {
    const answer = await rawRequest(server.port, [`${method} ${path} HTTP/1.1`]);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(JSON.parse(answer.body).code).toBe('method_not_allowed');
  });

  it.each([
    ['/orders/1', 204, 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['/login', 204, 'OPTIONS, POST'],
    ['/nothing', 404, undefined],
  ])('answers OPTIONS %s with %i and Allow: %s', async (path, status, allow) => {
    const answer = await request(things()).options(path);
    expect([answer.status, answer.headers['allow']]).toEqual([status, allow]);
  });

  it.each(['//orders/1', '/orders//1', '//livez', '/./livez', '/%6civez', '/orders/../livez'])(
    'answers 404 to the target %s as it stands',
    async (target) => {
      expect((await rawRequest(server.port, [`GET ${target} HTTP/1.1`])).status).toBe(404);
    },
  );

  it.each(['/orders/%zz', '/orders/%c0%af'])('answers 400 to the target %s', async (target) => {
    const answer = await rawRequest(server.port, [`GET ${target} HTTP/1.1`]);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'invalid_request']);
  });

  it.each([
    ['/orders/1', 200],
    ['/login', 405],
    ['/nothing', 404],
  ])('answers HEAD %s with %i and no body', async (path, status) => {
    const answer = await rawRequest(server.port, [`HEAD ${path} HTTP/1.1`]);
    expect([answer.status, answer.body]).toEqual([status, '']);
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
  });

  it.each([
    ['POST /nothing', 404],
    ['PUT /orders/1', 405],
    ['POST /orders/1', 415],
  ])('answers %s with a body that is not JSON with %i: only a route reads a body', async (line, status) => {
    const head = [`${line} HTTP/1.1`, 'Content-Length: 1', 'Content-Type: text/plain'];
    expect((await rawRequest(server.port, head, 'x')).status).toBe(status);
  });

  let server: Listening;
  beforeAll(async () => {
    server = await serveForTest(things());
  });
  afterAll(async () => {
    await server.drain();
  });
});
