import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Problem } from '../problem/problem.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import { openSocket, serveForTest } from '../server/raw-request.fixture.ts';
import { createReadiness } from '../server/readiness.ts';
import { memoryLog } from './memory-log.fixture.ts';
import type { Identify } from './request-log.ts';

async function logged(path: string, identify?: Identify) {
  const { log, lines } = memoryLog();
  const app = createApp({ log, readiness: createReadiness({}), ...(identify && { identify }) });
  app.get('/ok', (_req, res) => {
    res.json({});
  });
  app.get('/refuse/:code', (req) => {
    const code = req.params['code'] === 'unavailable' ? 'unavailable' : 'upstream_failed';
    throw new Problem(code, { reason: 'product said no' });
  });
  app.get('/deny', () => {
    throw new Problem('invalid_token', { reason: 'signature' });
  });
  await request(finishApp(app, { log, translate: [] }))
    .get(path)
    .set('X-Request-Id', 'r1');
  return lines();
}

describe('the request log', () => {
  it('writes one line per request, without the query string', async () => {
    expect(await logged('/ok?access_token=hunter2', () => ({ user: 'ada', caller: 'order' }))).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        service: 'test',
        method: 'GET',
        path: '/ok',
        status: 200,
        ms: expect.any(Number),
        user: 'ada',
        caller: 'order',
        requestId: 'r1',
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        msg: expect.stringMatching(/^GET \/ok 200 [\d.]+ ms$/),
      },
    ]);
  });

  it.each([
    ['/deny', { level: 'info', status: 401, code: 'invalid_token', reason: 'signature' }],
    ['/nothing', { level: 'info', status: 404, code: 'not_found' }],
    ['/refuse/unavailable', { level: 'warn', status: 503, code: 'unavailable', reason: 'product said no' }],
    ['/refuse/upstream', { level: 'error', status: 502, code: 'upstream_failed' }],
    ['/livez', { level: 'debug', status: 200 }],
    ['/readyz?x', { level: 'debug', status: 200, path: '/readyz' }],
  ])('logs %s as %j', async (path, expected) => {
    expect(await logged(path)).toEqual([expect.objectContaining(expected)]);
  });

  it('writes the line also when identify throws', async () => {
    const failing = () => {
      throw new Error('nobody');
    };
    const lines = await logged('/ok', failing);
    expect(lines.map(({ level, msg }) => [level, String(msg).split(' ')[0]])).toEqual([
      ['error', 'identify'],
      ['info', 'GET'],
    ]);
  });

  it('logs a client that disconnected before the answer as aborted, without a status', async () => {
    const { log, lines } = memoryLog();
    const app = createApp({ log, readiness: createReadiness({}) });
    const seen = new EventEmitter();
    app.get('/slow', (_req, res) => {
      res.once('close', () => seen.emit('closed'));
      seen.emit('arrived');
    });
    const server = await serveForTest(finishApp(app, { log, translate: [] }));
    const socket = await openSocket(server.port);
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(seen, 'arrived');
    socket.destroy();
    await once(seen, 'closed');
    expect(lines()).toEqual([expect.objectContaining({ level: 'info', path: '/slow', aborted: true })]);
    expect(lines()[0]).not.toHaveProperty('status');
    await server.drain();
  });
});
