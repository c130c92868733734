import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { memoryLog } from '../log/memory-log.fixture.ts';
import { adminApp } from './admin-app.ts';
import { createApp, finishApp } from './create-app.ts';
import { createMetrics } from './metrics.ts';
import { createReadiness } from './readiness.ts';

function bothApps(database: () => Promise<void>) {
  const { log, text } = memoryLog({ level: 'info' });
  const metrics = createMetrics({ service: 'order' });
  const readiness = createReadiness({ database });
  const open = finishApp(createApp({ log, readiness, metrics }), { log, translate: [] });
  return { open, admin: adminApp({ log, readiness, metrics }), text };
}

const up = async () => undefined;
const down = async () => {
  throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
};

describe('adminApp', () => {
  it('serves /metrics, which the public app does not, and logs no line for it', async () => {
    const { open, admin, text } = bothApps(up);
    const scraped = await request(admin).get('/metrics');
    expect(text()).toBe('');
    expect(scraped.status).toBe(200);
    expect(scraped.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(scraped.text).toContain('# TYPE http_requests_total counter');
    expect((await request(open).get('/metrics')).status).toBe(404);
  });

  it('answers GET /metrics.json with the same numbers, which the public app does not, and logs nothing', async () => {
    const { open, admin, text } = bothApps(up);
    const { status, headers, body } = await request(admin).get('/metrics.json');
    expect(text()).toBe('');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ service: 'order', metrics: { auth_service_calls_total: [] } });
    expect((await request(open).get('/metrics.json')).status).toBe(404);
  });

  it.each(['/metrics', '/metrics.json', '/readyz?verbose', '/livez', '/nothing'])(
    'answers 400 to a service token: %s',
    async (path) => {
      const { admin, text } = bothApps(up);
      const { body } = await request(admin).get(path).set('Service-Token', 'a.b.c');
      expect(body).toMatchObject({ status: 400, code: 'invalid_service_token' });
      expect(text()).toContain('"code":"invalid_service_token"');
    },
  );

  it('answers /readyz?verbose with every check, which the public app does not', async () => {
    const { open, admin } = bothApps(up);
    expect((await request(admin).get('/readyz')).body).toEqual({ status: 'ready' });
    const { body } = await request(admin).get('/readyz?verbose');
    expect(body).toMatchObject({ status: 'ready', checks: expect.anything() });
    expect(JSON.stringify(body.checks)).toContain('database');
    expect((await request(open).get('/readyz?verbose')).body).toEqual({ status: 'ready' });
  });

  it('answers 503 and names the check that fails', async () => {
    const { open, admin } = bothApps(down);
    const { status, body } = await request(admin).get('/readyz?verbose');
    expect(status).toBe(503);
    expect(body).toMatchObject({ status: 'not ready' });
    const refused = await request(open).get('/readyz?verbose');
    expect(refused.status).toBe(503);
    expect(refused.body).not.toHaveProperty('checks');
    expect(refused.text).not.toContain('ECONNREFUSED');
  });

  it('answers /readyz?verbose with the details of the service', async () => {
    const { log } = memoryLog({ level: 'info' });
    const parts = { log, metrics: createMetrics({ service: 'order' }), readiness: createReadiness({ database: up }) };
    const admin = adminApp({ ...parts, details: () => ({ keys: [{ kid: 'order.product.1' }] }) });
    const { body } = await request(admin).get('/readyz?verbose');
    expect(body).toEqual({ status: 'ready', checks: { database: 'ok' }, keys: [{ kid: 'order.product.1' }] });
    expect((await request(admin).get('/readyz')).body).toEqual({ status: 'ready' });
  });

  it('serves no route of the service', async () => {
    expect((await request(bothApps(up).admin).get('/orders')).status).toBe(404);
  });
});
