import { describe, expect, it } from '@jest/globals';
import type { Request, RequestHandler } from 'express';
import request from 'supertest';
import { auditCalls } from '../log/audit-calls.ts';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { getRoutes } from '../route/other-methods.ts';
import { createApp, finishApp } from './create-app.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { rawRequest, serveForTest } from './raw-request.fixture.ts';
import { createReadiness } from './readiness.ts';

const { log } = memoryLog();

/** The samples of one metric: its labels without that of the service, and the value. */
async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const { text } = await metrics.render();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.map((line) => line.slice(name.length).replace(/(?<=\{)service="order",|,service="order"/, '')).sort();
}

function countedApp() {
  const metrics = createMetrics({ service: 'order' });
  const app = createApp({ log, metrics, readiness: createReadiness({}) });
  const readOrder: RequestHandler = (req, res) => {
    if (req.params['id'] === '13') throw new Error('bad luck');
    res.json({});
  };
  app.use(getRoutes({ '/orders/:id': [readOrder] }));
  return { metrics, app: finishApp(app, { log, translate: [] }) };
}

describe('createMetrics', () => {
  it('counts requests by route template and status, not by path', async () => {
    const { metrics, app } = countedApp();
    for (const path of ['/orders/1', '/orders/2', '/orders/13', '/nowhere', '/elsewhere']) await request(app).get(path);
    await request(app).delete('/orders/1');
    expect(await samples(metrics, 'http_requests_total')).toEqual([
      '{method="DELETE",route="/orders/:id",status="405"} 1',
      '{method="GET",route="/orders/:id",status="200"} 2',
      '{method="GET",route="/orders/:id",status="500"} 1',
      '{method="GET",route="unmatched",status="404"} 2',
    ]);
    expect(await samples(metrics, 'http_request_duration_seconds_count')).toContain(
      '{method="GET",route="/orders/:id"} 3',
    );
  });

  it('counts unknown methods as OTHER', async () => {
    const { metrics, app } = countedApp();
    const { port, drain } = await serveForTest(app);
    for (const method of ['PURGE', 'PROPFIND', 'M-SEARCH']) await rawRequest(port, [`${method} /orders/1 HTTP/1.1`]);
    await drain();
    const counted = '{method="OTHER",route="/orders/:id",status="405"} 3';
    expect(await samples(metrics, 'http_requests_total')).toEqual([counted]);
  });

  it('counts verified credentials by outcome, and service calls by decision', async () => {
    const { metrics } = countedApp();
    metrics.countVerification('access', 'accepted');
    metrics.countVerification('access', 'token_expired');
    const app = createApp({ log, readiness: createReadiness({}) });
    const audit = auditCalls({ log, metrics });
    app.get('/call/:code', (req: Request, res) => {
      const { code } = req.params;
      const allowed = code === 'none';
      audit({ decision: allowed ? 'allow' : 'deny', operation: 'a:b.c', ...(!allowed && { code: String(code) }) }, req);
      res.json({});
    });
    for (const code of ['none', 'none', 'caller_not_allowed']) await request(app).get(`/call/${code}`);
    expect(await samples(metrics, 'auth_verifications_total')).toEqual([
      '{token="access",outcome="accepted"} 1',
      '{token="access",outcome="token_expired"} 1',
      '{token="service",outcome="accepted"} 2',
      '{token="service",outcome="caller_not_allowed"} 1',
    ]);
  });

  it('reads a gauge at each scrape, and not before', async () => {
    const metrics = createMetrics({ service: 'order' });
    let reads = 0;
    metrics.gauge('jobs', 'Jobs by state.', 'state', () => {
      reads += 1;
      return { running: reads, waiting: 0 };
    });
    expect(reads).toBe(0);
    await metrics.render();
    expect(await samples(metrics, 'jobs')).toEqual(['{state="running"} 2', '{state="waiting"} 0']);
  });

  it('reads a count that is kept elsewhere at each scrape', async () => {
    const metrics = createMetrics({ service: 'order' });
    let hits = 0;
    metrics.counted('hits_total', 'Hits.', () => (hits += 3));
    await metrics.render();
    const { text } = await metrics.render();
    expect(text).toContain('# TYPE hits_total counter');
    expect(text).toContain('hits_total{service="order"} 6');
  });

  it('returns the same numbers as data: by name, without the label of the service', async () => {
    const { metrics, app } = countedApp();
    metrics.countCall({ operation: 'a:b.c', caller: 'user', decision: 'allow', reason: 'none' });
    metrics.gauge('jobs', 'Jobs by state.', 'state', () => ({ running: 2 }));
    for (const path of ['/orders/1', '/orders/13']) await request(app).get(path);
    const { service, metrics: read } = await metrics.read();
    expect(service).toBe('order');
    expect(read).toMatchObject({
      auth_service_calls_total: [
        { labels: { operation: 'a:b.c', caller: 'user', decision: 'allow', reason: 'none' }, value: 1 },
      ],
      auth_verifications_total: [],
      http_requests_total: [
        { labels: { method: 'GET', route: '/orders/:id', status: '200' }, value: 1 },
        { labels: { method: 'GET', route: '/orders/:id', status: '500' }, value: 1 },
      ],
      http_request_duration_seconds_count: [{ labels: { method: 'GET', route: '/orders/:id' }, value: 2 }],
      jobs: [{ labels: { state: 'running' }, value: 2 }],
      process_cpu_seconds_total: [{ labels: {}, value: expect.any(Number) }],
    });
    const { text } = await metrics.render();
    const rendered = text.split('\n').filter((line) => /^\w+[{ ]/.test(line));
    expect(Object.values(read).flat()).toHaveLength(rendered.length);
  });

  it('has the metrics of the process, under the name of the service', async () => {
    const { type, text } = await createMetrics({ service: 'order' }).render();
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^nodejs_heap_size_used_bytes\{service="order"\} \d+$/m);
    expect(text).toMatch(/^nodejs_eventloop_utilization\{service="order"\} (?:0|1|0\.\d+)$/m);
    expect(text).not.toContain('nodejs_eventloop_lag_p99');
  });
});
