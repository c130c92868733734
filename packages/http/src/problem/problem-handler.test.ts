import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { jsonBody } from '../request/json-body.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import { openSocket, readAnswer, serveForTest } from '../server/raw-request.fixture.ts';
import { createReadiness } from '../server/readiness.ts';
import { Problem } from './problem.ts';
import type { Translate } from './problem-handler.ts';

function throwing(error: unknown, translate: readonly Translate[] = []) {
  const output = memoryLog();
  const app = createApp({ log: output.log, readiness: createReadiness({}) });
  app.get('/', async (_req, res) => {
    res.set({ ETag: '"1"', Location: '/x', 'Cache-Control': 'public' });
    throw error;
  });
  return { app: finishApp(app, { log: output.log, translate }), ...output };
}

describe('the problem handler', () => {
  it('sends a problem as it is, with the request id and no-store', async () => {
    const errors = [{ detail: 'is sold out', pointer: '/items/0' }];
    const problem = new Problem('conflict', {
      detail: 'Ordered already.',
      errors,
      reason: 'inner',
      headers: { 'X-A': 'b' },
    });
    const answer = await request(throwing(problem).app).get('/').set('X-Request-Id', 'r1');
    expect(answer.status).toBe(409);
    expect(answer.body).toEqual({
      type: 'urn:problem:conflict',
      title: 'Conflict',
      status: 409,
      detail: 'Ordered already.',
      code: 'conflict',
      requestId: 'r1',
      errors,
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-a': 'b',
    });
    for (const name of ['etag', 'location']) expect(answer.headers).not.toHaveProperty(name);
  });

  it('tries each translation until one returns a problem', async () => {
    const translate: Translate[] = [
      () => undefined,
      (error) => (error instanceof RangeError ? new Problem('conflict') : undefined),
      () => new Problem('forbidden'),
    ];
    const answer = await request(throwing(new RangeError('x'), translate).app).get('/');
    expect(answer.body.code).toBe('conflict');
  });

  it.each([
    ['an error', new Error('password=hunter2')],
    ['an error with a status of its own', Object.assign(new Error('hunter2'), { status: 418, expose: true })],
    ['a URIError of a handler', new URIError('hunter2')],
    ['a string', 'hunter2'],
    ['undefined', undefined],
  ])('answers 500 for %s and does not show it', async (_case, error) => {
    const answer = await request(throwing(error).app).get('/');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('hunter2');
  });

  it('answers 500 when a translation fails', async () => {
    const broken = () => {
      throw new Error('hunter2');
    };
    const { app, lines } = throwing(new Error('first'), [broken]);
    const answer = await request(app).get('/');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(lines()[0]).toMatchObject({ level: 'error', reason: 'a translation of errors failed' });
  });

  it('answers 500 when the problem cannot be sent', async () => {
    const { app, lines } = throwing(new Problem('conflict', { headers: { 'X-A': 'a\nb' } }));
    const answer = await request(app).get('/');
    expect([answer.status, answer.body.code]).toEqual([500, 'internal']);
    expect(lines()[0]).toMatchObject({ level: 'error', msg: 'problem not sendable', code: 'conflict' });
  });

  it('logs an unknown error with its stack, its cause and the request id', async () => {
    const { app, lines } = throwing(new Error('outer', { cause: new TypeError('inner') }));
    await request(app).get('/').set('X-Request-Id', 'r1');
    expect(lines()[0]).toMatchObject({
      level: 'error',
      requestId: 'r1',
      err: { message: 'outer', stack: expect.stringContaining('problem-handler.test'), cause: { type: 'TypeError' } },
    });
  });

  it('logs the cause of a 503 as a warning', async () => {
    const { app, lines } = throwing(new Problem('unavailable', { cause: new Error('ECONNREFUSED') }));
    await request(app).get('/');
    expect(lines()[0]).toMatchObject({ level: 'warn', code: 'unavailable', err: { message: 'ECONNREFUSED' } });
  });

  it('logs a 503 of a translation without a cause on the request line alone', async () => {
    const translate: Translate[] = [() => new Problem('unavailable', { reason: 'database: locked' })];
    const { app, lines } = throwing(new Error('canceled'), translate);
    await request(app).get('/');
    expect(lines()).toEqual([expect.objectContaining({ level: 'warn', status: 503, reason: 'database: locked' })]);
  });

  it('closes the connection when a part of the answer was sent', async () => {
    const { log, lines } = memoryLog();
    const app = createApp({ log, readiness: createReadiness({}) });
    app.get('/half', (_req, res, next) => {
      res.set('Content-Length', '10').write('half', () => next(new Error('late')));
    });
    const server = await serveForTest(finishApp(app, { log, translate: [] }));
    const socket = await openSocket(server.port);
    socket.write('GET /half HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = await readAnswer(socket);
    expect([answer.status, answer.body]).toEqual([200, 'half']);
    expect(lines().at(-1)).toMatchObject({ level: 'error', path: '/half', code: 'internal', aborted: true });
    await server.drain();
  });

  it('sends nothing to a client that disconnected while its body was read', async () => {
    const { log, lines } = memoryLog();
    const app = createApp({ log, readiness: createReadiness({}) });
    const closed = new Promise<void>((resolve) => {
      app.use((_req, res, next) => {
        res.once('close', resolve);
        next();
      });
    });
    app.post('/', jsonBody(), (_req, res) => {
      res.json({});
    });
    const server = await serveForTest(finishApp(app, { log, translate: [] }));
    const socket = await openSocket(server.port);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a"');
    socket.end(() => socket.destroy());
    await closed;
    expect(lines()).toEqual([expect.objectContaining({ level: 'info', method: 'POST', path: '/', aborted: true })]);
    expect(lines()[0]).not.toHaveProperty('status');
    await server.drain();
  });
});
