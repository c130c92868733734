import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import * as z from 'zod';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import type { Listening } from '../server/listen.ts';
import { rawRequest, serveForTest } from '../server/raw-request.fixture.ts';
import { createReadiness } from '../server/readiness.ts';
import { jsonBody } from './json-body.ts';
import { readBody } from './read.ts';

function echo() {
  const { log } = memoryLog();
  const app = createApp({ log, readiness: createReadiness({}) });
  app.use(jsonBody());
  app.post('/echo', (req, res) => {
    res.json({ body: req.body === undefined ? 'undefined' : req.body });
  });
  app.post('/read', (req, res) => {
    res.json(readBody(req, z.strictObject({})));
  });
  return finishApp(app, { log, translate: [] });
}

let server: Listening;
beforeAll(async () => {
  server = await serveForTest(echo());
});
afterAll(async () => {
  await server.drain();
});

const post = (headers: readonly string[], body: string | Buffer) =>
  rawRequest(server.port, ['POST /echo HTTP/1.1', `Content-Length: ${Buffer.byteLength(body)}`, ...headers], body);
const JSON_TYPE = 'Content-Type: application/json';

describe('jsonBody', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
  ])('parses %s', async (type) => {
    const answer = await post([`Content-Type: ${type}`], '{"a":"é"}');
    expect([answer.status, Buffer.from(answer.body, 'latin1').toString()]).toEqual([200, '{"body":{"a":"é"}}']);
  });

  it.each([
    ['no content type', []],
    ['text', ['Content-Type: text/plain']],
    ['a form', ['Content-Type: application/x-www-form-urlencoded']],
    ['another JSON type', ['Content-Type: application/problem+json']],
    ['charset utf-7', [`${JSON_TYPE}; charset=utf-7`]],
    ['charset utf-16le', [`${JSON_TYPE}; charset=utf-16le`]],
    ['charset latin1', [`${JSON_TYPE}; charset=latin1`]],
    ['two charsets', [`${JSON_TYPE}; charset=utf-8; charset=utf-7`]],
    ['an unknown parameter', [`${JSON_TYPE}; profile=x`]],
    ['an unknown content encoding', [JSON_TYPE, 'Content-Encoding: rot13']],
    ['two content encodings', [JSON_TYPE, 'Content-Encoding: identity', 'Content-Encoding: gzip']],
  ])('answers 415 for %s', async (_case, headers) => {
    const answer = await post(headers, '{"a":1}');
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([415, 'unsupported_media_type']);
  });

  it('answers 415 for a gzip body, with Accept-Encoding', async () => {
    const answer = await post([JSON_TYPE, 'Content-Encoding: gzip'], gzipSync('{"a":1}'));
    expect(answer.status).toBe(415);
    expect(answer.headers.get('accept-encoding')).toBe('identity');
  });

  it.each([
    ['cut short', '{"a":'],
    ['white space', '  '],
    ['null', 'null'],
    ['a string', '"secret-value"'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
    ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ])('answers 400 for a body that is %s, and does not repeat it', async (_case, body) => {
    const answer = await post([JSON_TYPE], body);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'invalid_request']);
    expect(answer.body).not.toContain('secret-value');
  });

  it('answers 400 for two content types', async () => {
    const answer = await post([JSON_TYPE, 'Content-Type: text/plain'], '{}');
    expect(answer.status).toBe(400);
  });

  it.each([
    [100_000, 200],
    [100_001, 413],
  ])('answers a body of %i bytes with %i', async (bytes, status) => {
    const answer = await post([JSON_TYPE], `{"a":"${'x'.repeat(bytes - 8)}"}`);
    expect(answer.status).toBe(status);
  });

  it('answers 413 by Content-Length alone, before the body has arrived', async () => {
    const answer = await rawRequest(server.port, ['POST /echo HTTP/1.1', JSON_TYPE, 'Content-Length: 100001']);
    expect(answer.status).toBe(413);
  });

  it('answers 413 for a chunked body that grows too large', async () => {
    const body = `{"a":"${'x'.repeat(100_000)}"}`;
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const answer = await rawRequest(
      server.port,
      ['POST /echo HTTP/1.1', JSON_TYPE, 'Transfer-Encoding: chunked'],
      chunked,
    );
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([413, 'payload_too_large']);
  });

  it.each(['Content-Length: 0', 'X-None: 1'])('leaves req.body undefined without a body (%s)', async (header) => {
    const answer = await rawRequest(server.port, ['POST /echo HTTP/1.1', header]);
    expect(answer.body).toBe('{"body":"undefined"}');
  });

  it('parses 40 000 levels of nesting, and readBody answers 400', async () => {
    const body = '['.repeat(40_000) + ']'.repeat(40_000);
    const answer = await request(echo()).post('/read').type('json').send(body);
    expect([answer.status, answer.body.detail]).toEqual([400, 'The body is nested deeper than 32 levels.']);
  });
});
