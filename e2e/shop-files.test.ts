import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@auth/dev';
import { createApp, createLog, createReadiness, finishApp } from '@auth/http';
import { recordDecisions } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { pageRoutes } from '../apps/gateway/src/page-routes.ts';

const folder = join(repositoryRoot, 'tools/dev/page');
const { destination } = recordDecisions();
const log = createLog({ service: 'gateway', level: 'silent', format: 'json', destination });
const app = finishApp(createApp({ log, readiness: createReadiness({}) }).use(pageRoutes(folder)), {
  log,
  translate: [],
});
const scripts = ['/shop.js', ...readdirSync(join(folder, 'shop')).map((name) => `/shop/${name}`)];
const textOf = async (path: string): Promise<string> => {
  const { body, text } = await request(app).get(path);
  return text ?? String(body);
};

describe('the page to try the gateway with', () => {
  it.each([['/', 'text/html'], ['/shop.css', 'text/css'], ...scripts.map((path) => [path, 'text/javascript'])])(
    'GET %s answers %s that no cache keeps',
    async (path, type) => {
      const { status, headers } = await request(app).get(path ?? '');
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': `${type}; charset=utf-8`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      expect(headers).not.toHaveProperty('etag');
    },
  );

  it('GET / with a condition answers 412, with Range the whole page', async () => {
    expect((await request(app).get('/').set('If-Match', '"x"')).status).toBe(412);
    expect((await request(app).get('/').set('Range', 'bytes=99999999-')).status).toBe(200);
  });

  it('loads only files of its own, and has no script or style in its markup', async () => {
    const page = await textOf('/');
    expect(page).not.toMatch(/<script(?! type="module" src=)|<style|\s(?:on\w+|style)=|\/\//);
    const parts = [...page.matchAll(/(?:src|href)="(?!data:|\/docs")([^"]+)"/g)].map(([, path = '']) => path);
    expect(parts.sort()).toEqual(['/shop.css', '/shop.js']);
    for (const path of parts) expect((await request(app).get(path)).status).toBe(200);
  });

  it('imports every script, and nothing else', async () => {
    const imported = await Promise.all(
      scripts.map(async (path) =>
        [...(await textOf(path)).matchAll(/^import .+ from '([^']+)';$/gm)].map(
          ([, name = '']) => new URL(name, `http://a${path}`).pathname,
        ),
      ),
    );
    expect(new Set([...imported.flat(), '/shop.js'])).toEqual(new Set(scripts));
  });

  it('has a policy that allows only files and requests of its own origin, and no code from text', async () => {
    const { headers } = await request(app).get('/');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
    expect(policy.join()).not.toContain('unsafe');
  });

  it.each(scripts)('%s stores nothing, and makes no markup from text', async (path) => {
    expect(await textOf(path)).not.toMatch(
      /Storage|indexedDB|caches|cookieStore|document\.(?:cookie|write)|(?:inner|outer)HTML|eval\(/,
    );
  });

  it('answers 404 for a file that is not in the folder', async () => {
    expect((await request(app).get('/shop/../../package.json')).status).toBe(404);
    expect((await request(app).get('/index.html')).status).toBe(404);
  });
});
