import { describe, expect, it } from '@jest/globals';
import express from 'express';
import { createRouter } from '../router.ts';
import { assertDocumented } from './documented-routes.ts';
import type { RouteDoc } from './route-doc.ts';

const listing: RouteDoc = {
  ...{ method: 'get', path: '/things', summary: 'List things', scope: 'none' },
  answer: { status: 200, description: 'A page.' },
};

function appWith(...routes: readonly (readonly ['get' | 'post', string])[]) {
  const router = createRouter();
  for (const [method, path] of routes) router[method](path, (_req, res) => void res.json({}));
  return express().use(router);
}

describe('assertDocumented', () => {
  it('is content when the routes of nested routers are those of the document', () => {
    expect(() => assertDocumented(appWith(['get', '/things']), [listing])).not.toThrow();
  });

  it('leaves probes, the document and internal routes alone', () => {
    const paths = ['/livez', '/readyz', '/openapi.json', '/docs', '/docs/start.js', '/internal/things'];
    const app = appWith(...paths.map((path) => ['get', path] as const));
    expect(() => assertDocumented(app, [])).not.toThrow();
  });

  it.each(['/livezz', '/docsx', '/internals', '/x/docs'])('does not take %s for one of them', (path) => {
    expect(() => assertDocumented(appWith(['get', path]), [])).toThrow(`GET ${path} is served and not documented`);
  });

  it('throws for a method that is served and not documented', () => {
    const app = appWith(['get', '/things'], ['post', '/things']);
    expect(() => assertDocumented(app, [listing])).toThrow('POST /things is served and not documented');
  });

  it('throws for a route that is documented and not served', () => {
    expect(() => assertDocumented(appWith(), [listing])).toThrow('GET /things is documented and not served');
  });
});
