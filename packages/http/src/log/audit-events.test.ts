import { describe, expect, it } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { requestContext } from '../request/request-context.ts';
import { createMetrics } from '../server/metrics.ts';
import { auditEvents } from './audit-events.ts';
import { memoryLog } from './memory-log.fixture.ts';

function openTrail(level = 'debug') {
  const { log, lines } = memoryLog({ level });
  const metrics = createMetrics({ service: 'user' });
  return { audit: auditEvents({ log, metrics, metric: 'events_total', help: 'Events.' }), lines, metrics };
}
const login = { event: 'login', outcome: 'failed', reason: 'unknown e-mail' };

describe('auditEvents', () => {
  it('writes one line per event, with the request and its approximate origin', async () => {
    const { audit, lines } = openTrail();
    const app = express().use(requestContext(), async (_req, res) => {
      await new Promise((resolve) => setImmediate(resolve));
      audit(login);
      res.end();
    });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const server = app.listen(0, '127.0.0.1');
    await request(server).get('/').set('X-Request-Id', 'r1').set('traceparent', traceparent);
    server.close();
    expect(lines()).toEqual([
      {
        level: 'info',
        service: 'test',
        time: expect.any(String),
        msg: 'login failed',
        audit: { ...login, addressPrefix: '127.0.0.0/24' },
        requestId: 'r1',
        traceId: 'a'.repeat(32),
      },
    ]);
  });

  it('counts by event and outcome', async () => {
    const { audit, metrics } = openTrail();
    for (const outcome of ['ok', 'failed', 'failed']) audit({ event: 'login', outcome });
    const { text } = await metrics.render();
    expect(text).toContain('events_total{event="login",outcome="ok",service="user"} 1');
    expect(text).toContain('events_total{event="login",outcome="failed",service="user"} 2');
  });

  it('writes at every log level, also outside a request', () => {
    const { audit, lines } = openTrail('silent');
    audit(login);
    expect(lines().map(({ audit: told }) => told)).toEqual([login]);
  });
});
