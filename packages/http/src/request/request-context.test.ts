import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { rawRequest, serveForTest } from '../server/raw-request.fixture.ts';
import { contextOf, currentContext, nameRequest, outgoingHeaders, requestContext } from './request-context.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

function app() {
  return express()
    .use(requestContext(), express.json())
    .post('/', async (req, res) => {
      await new Promise((resolve) => setImmediate(resolve));
      res.json({ same: currentContext() === contextOf(req), ...contextOf(req) });
    });
}

describe('requestContext', () => {
  it.each(['a', 'A-b_c.9', 'x'.repeat(128)])('keeps the X-Request-Id %s and echoes it', async (id) => {
    const answer = await request(app()).post('/').set('X-Request-Id', id);
    expect(answer.body.requestId).toBe(id);
    expect(answer.headers['x-request-id']).toBe(id);
  });

  it.each([
    ['too long', 'x'.repeat(129)],
    ['with a space', 'a b'],
    ['with other characters', 'a"b'],
    ['empty', ''],
  ])('creates an id when the given one is %s', async (_case, id) => {
    const answer = await request(app()).post('/').set('X-Request-Id', id);
    expect(answer.body.requestId).toMatch(UUID);
    expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
  });

  it('creates an id when two are given', async () => {
    const server = await serveForTest(app());
    const head = ['POST / HTTP/1.1', 'X-Request-Id: a', 'X-Request-Id: b', 'Content-Length: 0'];
    const answer = await rawRequest(server.port, head);
    expect(answer.headers.get('x-request-id')).toMatch(UUID);
    await server.drain();
  });

  it('continues a trace', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
    const answer = await request(app()).post('/').set('traceparent', traceparent);
    expect(answer.body.traceparent).toBe(`00-4bf92f3577b34da6a3ce929d0e0e4736-${answer.body.spanId}-00`);
  });

  it('is current in later code, also after a body was read and a promise was awaited', async () => {
    const answer = await request(app()).post('/').send({ a: 1 });
    expect(answer.body.same).toBe(true);
  });

  it('is not current with isCurrent: false', async () => {
    const handed = express()
      .use(requestContext({ isCurrent: false }))
      .get('/', (req, res) => {
        res.json({ current: currentContext() ?? null, ...contextOf(req) });
      });
    const answer = await request(handed).get('/').set('X-Request-Id', 'r1');
    expect(answer.body).toMatchObject({ current: null, requestId: 'r1' });
  });

  it('is not current outside a request', () => {
    expect(currentContext()).toBeUndefined();
  });
});

describe('nameRequest', () => {
  it('returns the same context when an app gets the request later', async () => {
    const later = express()
      .use(requestContext())
      .get('/', (req, res) => {
        res.json({ same: named === contextOf(req) });
      });
    let named: unknown;
    const answer = await request((req: IncomingMessage, res: ServerResponse) => {
      named = nameRequest(req);
      expect(nameRequest(req)).toBe(named);
      later(req, res);
    }).get('/');
    expect(answer.body.same).toBe(true);
  });

  it('does not set currentContext', async () => {
    const answer = await request((req: IncomingMessage, res: ServerResponse) => {
      nameRequest(req);
      expect(currentContext()).toBeUndefined();
      res.end();
    }).get('/');
    expect(answer.status).toBe(200);
  });
});

describe('contextOf', () => {
  it('throws an error that names createApp when the app has no request context', async () => {
    const bare = express()
      .get('/', (req) => {
        contextOf(req);
      })
      .use((error: Error, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
        res.status(500).json(error.message);
      });
    const answer = await request(bare).get('/');
    expect(answer.body).toBe('No request context: make the app with createApp().');
  });
});

describe('outgoingHeaders', () => {
  it('carries the request id and the trace of the current request', async () => {
    const app = express().use(requestContext(), (_req, res) => res.json(outgoingHeaders()));
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await request(app).get('/').set({ 'X-Request-Id': 'r1', traceparent });
    expect(body['x-request-id']).toBe('r1');
    expect(body.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(body.traceparent).not.toBe(traceparent);
  });

  it('carries those of a given context', async () => {
    const app = express().use(requestContext({ isCurrent: false }), (req, res) =>
      res.json([outgoingHeaders(), outgoingHeaders(contextOf(req))]),
    );
    const { body } = await request(app).get('/').set('X-Request-Id', 'r1');
    expect(body).toEqual([{}, { 'x-request-id': 'r1', traceparent: expect.stringMatching(/^00-/) }]);
  });

  it('is empty outside a request', () => {
    expect(outgoingHeaders()).toEqual({});
  });
});
