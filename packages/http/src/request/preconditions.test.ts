import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { assertIfMatch, preconditions, requiredIfMatch, versionTag } from './preconditions.ts';

const app = express()
  .post('/', (req, res) => {
    res.json(preconditions.read(req));
  })
  .post('/required', (req, res) => {
    res.json(requiredIfMatch.read(req));
  })
  .get('/7', (req, res) => {
    assertIfMatch(req, 7);
    res.json({});
  })
  .use(((error, _req, res, _next) =>
    res.status(error.status).json({ code: error.code })) as express.ErrorRequestHandler);

const malformed = ['7', '"7', '7"', '"7" "8"', '"7";"8"', "'7'", 'w/"7"', 'W/7', '*, "7"', '**', '"a b"', '"7\t"'];

describe('preconditions', () => {
  it('returns no condition without a header', async () => {
    expect((await request(app).post('/')).body).toEqual({});
  });

  it.each([
    [versionTag(7), { in: [7] }],
    ['*', {}],
    ['"7", "8"', { in: [7, 8] }],
    ['"7","8" , ,"9",', { in: [7, 8, 9] }],
    ['W/"7"', { in: [] }],
    ['W/"7", "8"', { in: [8] }],
    ['"a,b", "7"', { in: [7] }],
    ['"x", "", "07", "-1", "99999999999999999999"', { in: [] }],
    ['', { in: [] }],
    [',', { in: [] }],
  ])('reads If-Match: %s', async (value, condition) => {
    expect((await request(app).post('/').set('If-Match', value)).body).toEqual(condition);
  });

  it.each([
    ['*', { in: [] }],
    ['"7", W/"8"', { notIn: [7, 8] }],
    ['"x"', { notIn: [] }],
  ])('reads If-None-Match: %s', async (value, condition) => {
    expect((await request(app).post('/').set('If-None-Match', value)).body).toEqual(condition);
  });

  it('reads both', async () => {
    const { body } = await request(app).post('/').set({ 'If-Match': '"7", "8"', 'If-None-Match': 'W/"8"' });
    expect(body).toEqual({ in: [7, 8], notIn: [8] });
  });

  it.each(malformed)('answers 400 to %s', async (value) => {
    for (const name of ['If-Match', 'If-None-Match']) {
      const { status, body } = await request(app).post('/').set(name, value);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
    }
  });

  it('answers a long header within a second, with any content', async () => {
    for (const value of [`${' '.repeat(7000)}x`, '"'.repeat(7000), '"a",'.repeat(1700), ','.repeat(7000)]) {
      const started = performance.now();
      await request(app).post('/').set('If-Match', `"1",${value}`);
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});

describe('requiredIfMatch', () => {
  it('answers 428 without If-Match, also with If-None-Match', async () => {
    const { status, body } = await request(app).post('/required').set('If-None-Match', '"7"');
    expect([status, body.code]).toEqual([428, 'precondition_required']);
  });

  it('returns the condition of both headers', async () => {
    const sent = request(app).post('/required').set({ 'If-Match': '"7"', 'If-None-Match': '"8"' });
    expect((await sent).body).toEqual({ in: [7], notIn: [8] });
  });
});

describe('assertIfMatch', () => {
  it.each([
    [undefined, 200],
    ['*', 200],
    ['"6", "7"', 200],
    ['"6"', 412],
    ['W/"7"', 412],
    ['7', 400],
  ])('If-Match: %s answers %i', async (value, status) => {
    const sent = request(app).get('/7');
    expect((await (value === undefined ? sent : sent.set('If-Match', value))).status).toBe(status);
  });
});
