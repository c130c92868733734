import { execFileSync } from 'node:child_process';
import { execPath } from 'node:process';
import { createApp, createLog, createReadiness, finishApp } from '@auth/http';
import { recordDecisions } from '@auth/testkit/app';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { pageFiles } from '../src/page/files.ts';
import { pageRoutes } from '../src/page/page-routes.ts';
import type { Harness } from './harness.ts';
import { useGateway } from './harness.ts';

const { destination } = recordDecisions();
const log = createLog({ service: 'gateway', level: 'silent', format: 'json', destination });
const app = finishApp(createApp({ log, readiness: createReadiness({}) }).use(pageRoutes()), { log, translate: [] });
const textOf = async (path: string): Promise<string> => (await request(app).get(path)).text;
const scripts = pageFiles.filter(([, type]) => type === 'text/javascript');

describe('pageRoutes', () => {
  it.each(pageFiles.map(([path, type]) => [path, type]))(
    'serves %s as %s, for no cache to keep',
    async (path, type) => {
      const { status, headers } = await request(app).get(path);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        ...{
          'content-type': `${type}; charset=utf-8`,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        },
      });
    },
  );

  it('has a page whose every part is served here, and no script or style in itself', async () => {
    const page = await textOf('/');
    expect(page).not.toMatch(/<script(?! type="module" src=)|<style|\s(?:on\w+|style)=|\/\//);
    const parts = [...page.matchAll(/(?:src|href)="(?!data:|\/docs")([^"]+)"/g)].map(([, path = '']) => path);
    expect(parts.sort()).toEqual(['/shop.css', '/shop.js']);
    for (const path of parts) expect((await request(app).get(path)).status).toBe(200);
  });

  it('has scripts that load all others, and nothing else', () => {
    const imported = scripts.flatMap(([, , text]) =>
      [...text.matchAll(/^import .+ from '([^']+)';$/gm)].map(([, path]) => path),
    );
    expect(new Set([...imported, '/shop.js'])).toEqual(new Set(scripts.map(([path]) => path)));
  });

  it('has a policy that lets it load and ask its own origin alone, and run nothing that is text', async () => {
    const { headers } = await request(app).get('/');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"],
        ...["form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
      ]),
    );
    expect(policy.join()).not.toContain('unsafe');
  });
});

describe('the scripts of the page', () => {
  it('are JavaScript', () => {
    const parse = `const { SourceTextModule } = require('node:vm');
      for (const [identifier, , text] of JSON.parse(require('node:fs').readFileSync(0))) {
        new SourceTextModule(text, { identifier });
      }`;
    // Jest's own modules cannot be asked: Node parses modules without running them only when told at its start.
    const options = { input: JSON.stringify(scripts), stdio: 'pipe' } as const;
    expect(() => execFileSync(execPath, ['--experimental-vm-modules', '--eval', parse], options)).not.toThrow();
  });

  it.each(scripts)('%s keeps nothing, and makes no markup of text', (_path, _type, text) => {
    expect(text).not.toMatch(
      /Storage|indexedDB|caches|cookieStore|document\.(?:cookie|write)|(?:inner|outer)HTML|eval\(/,
    );
  });
});

describe('a gateway that is to serve no page', () => {
  let gateway: Harness;
  useGateway((opened) => ({ gateway } = opened));

  it.each(pageFiles.map(([path]) => path))('answers 404 to GET %s', async (path) => {
    expect((await request(gateway.server).get(path)).status).toBe(404);
  });
});
