import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { followRequest } from '../log/request-log.ts';
import { nameRequest } from '../request/request-context.ts';
import { createApp, finishApp } from '../server/create-app.ts';
import { createMetrics } from '../server/metrics.ts';
import { createReadiness } from '../server/readiness.ts';
import { Problem } from './problem.ts';
import { refuseBy } from './refuse-by.ts';

/** An app whose every request is refused before it comes there. */
function refusing(error: unknown, { followed }: { followed: boolean }) {
  const { log, lines } = memoryLog();
  const metrics = createMetrics({ service: 'test' });
  const app = createApp({ log, metrics, readiness: createReadiness({}) });
  app.get('/things/:id', (_req, res) => {
    res.json({});
  });
  finishApp(app, { log, translate: [(cause) => (cause === known ? new Problem('conflict') : undefined)] });
  const refuse = refuseBy(app);
  const listener = (req: IncomingMessage, res: ServerResponse) => {
    nameRequest(req);
    const facts = { route: '/things/*', upstream: 'product', session: 's1' };
    if (followed) followRequest(req, res, { log, metrics, facts });
    refuse(req, res, error);
  };
  return { listener, lines, metrics };
}

const known = new RangeError('known');

describe('refuseBy', () => {
  it('answers as the app answers its own refusals', async () => {
    const { listener, lines } = refusing(new Problem('forbidden', { reason: 'why' }), { followed: false });
    const answer = await request(listener).get('/things/1').set('X-Request-Id', 'r1');
    expect(answer.body).toMatchObject({ status: 403, code: 'forbidden', requestId: 'r1' });
    expect(answer.headers).toMatchObject({ 'x-request-id': 'r1', 'x-content-type-options': 'nosniff' });
    expect(lines()).toMatchObject([{ path: '/things/1', status: 403, reason: 'why', requestId: 'r1' }]);
  });

  it('uses the translations of the app', async () => {
    const { listener } = refusing(known, { followed: false });
    expect((await request(listener).get('/things/1')).body.code).toBe('conflict');
  });

  it.each([undefined, null, 'route', 'router', 0])(
    'lets no request through to a route for the error %j',
    async (error) => {
      const { listener } = refusing(error, { followed: false });
      expect((await request(listener).get('/things/1')).status).toBe(500);
    },
  );

  it('does not log or count a request that followRequest follows already', async () => {
    const { listener, lines, metrics } = refusing(new Problem('forbidden'), { followed: true });
    await request(listener).get('/things/1');
    expect(lines()).toMatchObject([
      { path: '/things/1', status: 403, code: 'forbidden', upstream: 'product', session: 's1' },
    ]);
    const { text } = await metrics.render();
    expect(text.split('\n').filter((line) => line.startsWith('http_requests_total{'))).toEqual([
      'http_requests_total{method="GET",route="/things/*",status="403",service="test"} 1',
    ]);
  });
});
