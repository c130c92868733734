import { documentFaults } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { memoryLog } from '../../log/memory-log.fixture.ts';
import { createApp, finishApp } from '../../server/create-app.ts';
import { createReadiness } from '../../server/readiness.ts';
import { docsRoutes, withTokenSource } from './docs-routes.ts';
import { createOpenApi } from './document.ts';

const { log } = memoryLog();
const document = createOpenApi({ title: 'things', description: 'None.', routes: {} });

const issuer = 'https://auth.example.com';

function openApp() {
  const app = createApp({ log, readiness: createReadiness({}) });
  return finishApp(app.use(docsRoutes(document, { issuer })), { log, translate: [] });
}

describe('docsRoutes', () => {
  it('serves the document, with the source of a token, also to pages of other origins', async () => {
    const { status, headers, body } = await request(openApp()).get('/openapi.json');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
      'cache-control': 'no-cache',
    });
    expect(body).toEqual(JSON.parse(JSON.stringify(withTokenSource(document, issuer))));
  });

  it.each([
    ['/docs', 'text/html'],
    ['/docs/start.js', 'text/javascript'],
    ['/docs/swagger-ui.css', 'text/css'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript'],
  ])('serves %s as %s', async (path, type) => {
    const { status, headers, text } = await request(openApp()).get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(text.length).toBeGreaterThan(200);
  });

  const getStyles = (header: Readonly<Record<string, string>>) =>
    request(openApp()).get('/docs/swagger-ui.css').set(header);

  it('answers 412 when a precondition fails', async () => {
    for (const header of [{ 'If-Match': '"x"' }, { 'If-Unmodified-Since': new Date(0).toUTCString() }]) {
      const { status, headers, body } = await getStyles(header);
      expect([status, body.code]).toEqual([412, 'precondition_failed']);
      expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    }
  });

  it('ignores Range', async () => {
    for (const Range of ['bytes=0-3', 'bytes=99999999-']) expect((await getStyles({ Range })).status).toBe(200);
  });

  it('has a page that names nothing outside, and whose every part is served here', async () => {
    const app = openApp();
    const { text: page } = await request(app).get('/docs');
    const { text: script } = await request(app).get('/docs/start.js');
    expect(`${page}${script}`).not.toMatch(/\/\//);
    expect(page).not.toMatch(/<script(?! src=)|<style| on\w+=/);
    const parts = [...page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, path = '']) => path);
    expect(parts).toHaveLength(3);
    for (const path of parts) expect((await request(app).get(path)).status).toBe(200);
  });

  it('has a page that may load from and call its own origin only', async () => {
    const { headers } = await request(openApp()).get('/docs');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
  });

  it('serves no other file of the package', async () => {
    for (const path of ['/docs/package.json', '/docs/..%2fpackage.json', '/docs/swagger-ui.js', '/docs/']) {
      expect((await request(openApp()).get(path)).status).toBe(404);
    }
  });
});

describe('withTokenSource', () => {
  it.each([
    ['http://127.0.0.1:4001', 'curl -s http://127.0.0.1:4001/auth/login -H '],
    ['https://auth.example.com/', 'curl -s https://auth.example.com/auth/login -H '],
    ['https://example.com/tenant', 'curl -s https://example.com/tenant/auth/login -H '],
  ])('adds a login command for the issuer %s', (issuer, command) => {
    expect(withTokenSource(document, issuer)).toHaveProperty(
      'components.securitySchemes.bearer.description',
      expect.stringContaining(command),
    );
  });

  it('changes no other part, and the document stays valid', () => {
    const told = withTokenSource(document, 'https://auth.example.com');
    expect(documentFaults(told)).toEqual([]);
    expect(told).toMatchObject({ ...document, components: { schemas: document.components?.schemas } });
    expect(told).toHaveProperty('components.securitySchemes.bearer.scheme', 'bearer');
  });
});
