import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import type { Listening } from '../server/listen.ts';
import { rawRequest, serveForTest } from '../server/raw-request.fixture.ts';
import { createReadiness } from '../server/readiness.ts';
import { headerValues, soleHeader } from './header-values.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { jsonBody } from './json-body.ts';

const request = (...rawHeaders: string[]) => ({ rawHeaders });

describe('headerValues', () => {
  it('returns one value for each line, in any case of its name', () => {
    const sent = request('A', '1', 'B', '2', 'a', '3', 'AB', '4');
    expect([headerValues(sent, 'a'), headerValues(sent, 'b'), headerValues(sent, 'c')]).toEqual([
      ['1', '3'],
      ['2'],
      [],
    ]);
    expect([soleHeader(sent, 'a'), soleHeader(sent, 'b'), soleHeader(sent, 'c')]).toEqual([undefined, '2', undefined]);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
    'treats the name of an object member as any other name: %s',
    (name) => {
      expect(headerValues(request(), name.toLowerCase())).toEqual([]);
      expect(headerValues(request(name, 'x'), name.toLowerCase())).toEqual(['x']);
    },
  );
});

describe('an app on a Node whose headersDistinct throws for a field called __proto__', () => {
  let server: Listening;
  beforeAll(async () => {
    const { log } = memoryLog();
    const app = createApp({ log, readiness: createReadiness({}) });
    app.post('/things', jsonBody(), (req, res) => {
      res.status(201).json({ key: idempotencyKey.read(req), body: req.body });
    });
    finishApp(app, { log, translate: [] });
    server = await serveForTest((req, res) => {
      Object.defineProperty(req, 'headersDistinct', {
        get() {
          throw new TypeError('dest[field].push is not a function');
        },
      });
      app(req, res);
    });
  });
  afterAll(() => server.drain());

  it('answers as usual', async () => {
    const headers = ['__proto__: x', 'X-Request-Id: a', 'traceparent: x', 'Idempotency-Key: k'];
    const answer = await rawRequest(
      server.port,
      ['POST /things HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 2', ...headers],
      '{}',
    );
    expect([answer.status, answer.body, answer.headers.get('x-request-id')]).toEqual([
      201,
      '{"key":"k","body":{}}',
      'a',
    ]);
  });
});
