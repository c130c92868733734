import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import * as z from 'zod';
import { wholeNumber } from '../config/whole-number.ts';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import { createReadiness } from '../server/readiness.ts';
import { jsonBody } from './json-body.ts';
import { readBody, readParams, readQuery } from './read.ts';

const Item = z.strictObject({ sku: z.string().min(1), quantity: z.int().min(1).max(1000) });
const Body = z.strictObject({
  email: z.email(),
  name: z.string().min(3).max(5).optional(),
  kind: z.enum(['a', 'b']).optional(),
  items: z.array(Item).min(1).optional(),
  size: z.union([z.string(), z.number()]).optional(),
  pet: z.discriminatedUnion('is', [z.object({ is: z.literal('cat') }), z.object({ is: z.literal('dog') })]).optional(),
  labels: z.record(z.string().regex(/^x/), z.number()).optional(),
  own: z.string({ error: 'must be what we agreed on' }).optional(),
});
const Loose = z.object({ email: z.string() });

function app() {
  const { log } = memoryLog();
  const service = createApp({ log, readiness: createReadiness({}) });
  service.use(jsonBody());
  service.post('/things', (req, res) => {
    res.json(readBody(req, Body));
  });
  service.post('/loose', (req, res) => {
    res.json(readBody(req, Loose));
  });
  service.get('/things', (req, res) => {
    res.json(readQuery(req, z.strictObject({ limit: wholeNumber({ min: 1, max: 100 }).default(20) })));
  });
  service.get('/things/:id', (req, res) => {
    res.json(readParams(req, z.strictObject({ id: z.uuid() })));
  });
  return finishApp(service, { log, translate: [] });
}

const post = (path: string, body: string) => request(app()).post(path).type('json').send(body);
const errorsOf = async (members: object) => {
  const answer = await post('/things', JSON.stringify({ email: 'ada@example.com', ...members }));
  return answer.body.errors;
};

describe('readBody', () => {
  it('returns the output of the schema', async () => {
    const answer = await post('/things', '{"email":"ada@example.com"}');
    expect([answer.status, answer.body]).toEqual([200, { email: 'ada@example.com' }]);
  });

  it('answers 400 without a body, and names the content type', async () => {
    const answer = await request(app()).post('/things');
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('JSON body') });
  });

  it('answers 422 with every wrong field, never its value', async () => {
    const answer = await post(
      '/things',
      '{"email":"hunter2","name":"hunter2","items":[{"sku":7,"quantity":1.5}],"role":"hunter2","admin":1}',
    );
    expect(answer.status).toBe(422);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'invalid_fields', detail: '6 fields are wrong: see errors.' });
    expect(answer.body.errors).toEqual([
      { pointer: '/email', detail: 'must be an e-mail address' },
      { pointer: '/name', detail: 'must be at most 5 characters long' },
      { pointer: '/items/0/sku', detail: 'must be a string' },
      { pointer: '/items/0/quantity', detail: 'must be a whole number' },
      { pointer: '/role', detail: 'is not a known field' },
      { pointer: '/admin', detail: 'is not a known field' },
    ]);
    expect(answer.text).not.toContain('hunter2');
  });

  it.each([
    ['a missing field', { email: undefined }, '/email', 'is required'],
    ['a value outside a choice', { kind: 'c' }, '/kind', 'must be one of a, b'],
    ['a short string', { name: 'x' }, '/name', 'must be at least 3 characters long'],
    ['an empty list', { items: [] }, '/items', 'must have at least 1 items'],
    ['a number out of range', { items: [{ sku: 'a', quantity: 1001 }] }, '/items/0/quantity', 'must be at most 1000'],
    ['no form of a union', { size: true }, '/size', 'has none of the accepted forms'],
    ['an unknown kind', { pet: { is: 'cow' } }, '/pet/is', 'must be one of cat, dog'],
    ['a wrong name', { labels: { y: 1 } }, '/labels/y', 'is not an allowed name'],
    ['words of the schema', { own: 5 }, '/own', 'must be what we agreed on'],
    ['a name to be escaped', { 'a/b~c': 1 }, '/a~1b~0c', 'is not a known field'],
  ])('describes in plain words: %s', async (_case, members, pointer, detail) => {
    expect(await errorsOf(members)).toEqual([{ pointer, detail }]);
  });

  it('answers 422 to a list in place of an object', async () => {
    const answer = await post('/things', '[]');
    expect(answer.body.errors).toEqual([{ pointer: '', detail: 'must be an object' }]);
  });

  it.each([
    ['by a strict schema', '/things', '{"email":"ada@example.com","__proto__":{"admin":true}}', '/__proto__'],
    ['by a schema that strips', '/loose', '{"email":"a","__proto__":{"admin":true}}', '/__proto__'],
    ['inside', '/loose', '{"email":"a","b":[{"__proto__":null}]}', '/b/0/__proto__'],
  ])('refuses __proto__ %s, once', async (_case, path, body, pointer) => {
    const answer = await post(path, body);
    expect([answer.status, answer.body.errors]).toEqual([422, [{ pointer, detail: 'is not a known field' }]]);
  });

  it('lists at most 100 errors, with their total number', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, 1]));
    const answer = await post('/things', JSON.stringify({ email: 'ada@example.com', ...unknown }));
    expect(answer.body.errors).toHaveLength(100);
    expect(answer.body.detail).toBe('5000 fields are wrong: see errors (the first 100).');
  });
});

describe('readQuery', () => {
  it.each([
    ['/things?limit=5', 5],
    ['/things', 20],
  ])('reads %s', async (url, limit) => {
    expect((await request(app()).get(url)).body).toEqual({ limit });
  });

  it.each([
    ['/things?limit=0', '/limit', 'must be a whole number from 1 to 100'],
    ['/things?limit=1e1', '/limit', 'must be a whole number from 1 to 100'],
    ['/things?limit=', '/limit', 'must be a whole number from 1 to 100'],
    ['/things?sort=x', '/sort', 'is not a known field'],
    ['/things?a[b]=x', '/a[b]', 'is not a known field'],
  ])('answers 422 to %s', async (url, pointer, detail) => {
    const answer = await request(app()).get(url);
    expect([answer.status, answer.body.errors]).toEqual([422, [{ pointer, detail }]]);
  });

  it('answers 422 to a parameter given twice', async () => {
    const answer = await request(app()).get('/things?limit=1&limit=2');
    expect([answer.status, answer.body.errors]).toEqual([422, [{ pointer: '/limit', detail: 'must be given once' }]]);
  });
});

describe('readParams', () => {
  it('returns the output of the schema', async () => {
    const id = '0192f3c1-5d1f-7a3b-8c4d-1234567890ab';
    expect((await request(app()).get(`/things/${id}`)).body).toEqual({ id });
  });

  it('answers 404 for a malformed id', async () => {
    const answer = await request(app()).get('/things/42');
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });
});
