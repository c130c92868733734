import { describe, expect, it } from '@jest/globals';
import type { RequestHandler } from 'express';
import request from 'supertest';
import * as z from 'zod';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { Problem } from '../problem/problem.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import { createReadiness } from '../server/readiness.ts';
import { publicRoutes } from './public-routes.ts';
import { defineRoutes, type HeaderInput, type RouteHandlers } from './route.ts';

const { log } = memoryLog();
const Thing = z.strictObject({ id: z.string(), name: z.string() });
const params = z.object({ id: z.uuid() });
const version: HeaderInput<string> = {
  schema: z.object({ 'If-Match': z.string() }),
  read(req) {
    const value = req.get('if-match');
    if (value === undefined) throw new Problem('precondition_required');
    return value;
  },
};
const routes = defineRoutes({
  // Parameters first: the literal path below must be found all the same.
  'GET /things/:id': {
    who: { scope: 'thing:read' },
    summary: 'Read',
    params,
    answer: {
      status: 200,
      description: 'It.',
      schema: Thing,
      headers: { ETag: 'Version.' },
      cacheControl: 'private, no-cache',
      revalidated: true,
    },
  },
  'GET /things/mine': { who: 'anyone', summary: 'Mine', answer: { status: 200, description: 'It.', schema: Thing } },
  'PATCH /things/:id': {
    who: { scope: 'thing:write' },
    summary: 'Change',
    params,
    headers: version,
    body: z.strictObject({ name: z.string() }),
    answer: { status: 200, description: 'It.', schema: Thing, mediaType: 'application/thing+json' },
  },
  'DELETE /things/:id': { who: 'anyone', summary: 'Remove', params, answer: { status: 204, description: 'Gone.' } },
});
const handlers: RouteHandlers<typeof routes> = {
  'GET /things/:id': ({ params: { id } }) => ({ body: { id, name: 'Mug' }, headers: { ETag: '"1"' } }),
  'GET /things/mine': () => ({ body: { id: 'mine', name: 'é' } }),
  'PATCH /things/:id': ({ params: { id }, body: { name }, headers }) => ({ body: { id, name: `${name} ${headers}` } }),
  'DELETE /things/:id': async () => {
    throw new Problem('conflict');
  },
};
const guard = ({ scope }: { readonly scope: string }): RequestHandler[] => [
  (req, _res, next) => next(req.get('scope') === scope ? undefined : new Problem('insufficient_scope')),
];
const app = finishApp(
  createApp({ log, readiness: createReadiness({}) }).use(
    publicRoutes<'anyone' | { scope: string }, typeof routes>({ routes, handlers, guard }),
  ),
  { log, translate: [] },
);
const one = '/things/0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';

describe('publicRoutes', () => {
  it('answers with body, headers and Cache-Control of the definition', async () => {
    const { status, headers, body } = await request(app).get(one).set('Scope', 'thing:read');
    expect([status, body]).toEqual([200, { id: one.split('/').at(-1), name: 'Mug' }]);
    expect(headers).toMatchObject({
      etag: '"1"',
      'cache-control': 'private, no-cache',
      'content-type': 'application/json; charset=utf-8',
    });
  });

  it('answers 304 to If-None-Match where the answer is revalidated', async () => {
    const sent = request(app).get(one).set({ Scope: 'thing:read', 'If-None-Match': '"1"' });
    const { status, headers, text } = await sent;
    expect([status, text, headers['etag']]).toEqual([304, '', '"1"']);
    expect(headers).not.toHaveProperty('content-type');
  });

  it('sends Content-Length in bytes, and no body to HEAD', async () => {
    const { headers, body } = await request(app).get('/things/mine');
    expect(body).toEqual({ id: 'mine', name: 'é' });
    const head = await request(app).head('/things/mine');
    expect([head.status, head.text]).toEqual([200, undefined]);
    expect(head.headers['content-length']).toBe(headers['content-length']);
  });

  it('answers with the media type of the definition', async () => {
    const sent = request(app).patch(one).set({ Scope: 'thing:write', 'If-Match': '"1"' }).send({ name: 'Cup' });
    const { headers, text } = await sent;
    expect(headers['content-type']).toBe('application/thing+json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ name: 'Cup "1"' });
  });

  it.each([
    ['the guard', {}, '1', { name: 1 }, 403, 'insufficient_scope'],
    ['parameters', { Scope: 'thing:write' }, '1', { name: 1 }, 404, 'not_found'],
    ['the body', { Scope: 'thing:write' }, one.split('/').at(-1), { name: 1 }, 422, 'invalid_fields'],
    ['headers', { Scope: 'thing:write' }, one.split('/').at(-1), { name: 'Cup' }, 428, 'precondition_required'],
  ])('checks %s before the later parts', async (_part, headers, id, content, status, code) => {
    const { body } = await request(app).patch(`/things/${id}`).set(headers).send(content);
    expect(body).toMatchObject({ status, code });
  });

  it('answers with the problem that a handler throws', async () => {
    expect((await request(app).delete(one)).body).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('throws when a route has no handler', () => {
    const { 'GET /things/mine': _handler, ...others } = handlers;
    expect(() =>
      publicRoutes<'anyone' | { scope: string }, typeof routes>({ routes, handlers: others as typeof handlers, guard }),
    ).toThrow('GET /things/mine has no handler');
  });
});
