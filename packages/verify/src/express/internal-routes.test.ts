import { describe, expect, it } from '@jest/globals';
import type { Express, RequestHandler, Router } from 'express';
import express from 'express';
import express4 from 'express4';
import { operations, read } from '../../test/quote-service.ts';
import { assertInternalRoutes } from './internal-routes.ts';
import { serviceRouter } from './service-router.ts';

const open: RequestHandler = (_req, res) => void res.end();

function operationsRouter() {
  return serviceRouter({
    service: 'product',
    operations,
    read,
    guard: () => open,
    handlers: {
      'product:quotes.create': async () => ({ total: 1 }),
      'product:notes.read': async () => ({ id: '', reader: '' }),
      'product:doors.open': async () => ({}),
    },
  });
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as unknown as typeof express],
])('assertInternalRoutes with %s', (_version, express) => {
  /** Checks an application with its operations and the given routes. */
  function check(add: (app: Express) => unknown): void {
    const app = express().use(operationsRouter());
    add(app);
    assertInternalRoutes(app, { service: 'product', operations, prefix: '/internal' });
  }

  const mounted = 'a router is mounted below a path: mount it at the root, where its routes can be checked';

  function anyMethod(): Router {
    const router = express.Router();
    router.route('/internal/secret').all(open);
    return router;
  }

  it.each([
    ['nothing but its operations', () => undefined],
    ['public routes', (app) => app.get('/products', open).post('/products/:id', open).get('/', open)],
    ['public routes in a router', (app) => app.use(express.Router().get('/products', open))],
    ['middleware', (app) => app.use(express.json(), open)],
    [
      'a public route that begins like an internal one',
      (app) => app.get('/internals', open).get('/internal-docs', open),
    ],
    ['a public route with the word further back', (app) => app.get('/docs/internal', open)],
  ] as [string, (app: Express) => unknown][])('takes an application with %s', (_case, add) => {
    expect(() => check(add)).not.toThrow();
  });

  it.each([
    ['GET', '/internal/secret'],
    ['POST', '/internal/secret'],
    ['GET', '/internal'],
    ['GET', '/internal/'],
    ['GET', '/INTERNAL/secret'],
    ['GET', '/Internal/quotes'],
    ['GET', '/internal/quotes'],
    ['PUT', '/internal/quotes'],
    ['POST', '/internal/quotes/'],
    ['POST', '/internal/:any'],
    ['GET', '/internal/*rest'],
    ['GET', '/:area/secret'],
    ['GET', '/*rest'],
    ['GET', '/{internal}/secret'],
    ['GET', '/i{nternal}/secret'],
    ['GET', '/inter\\nal/secret'],
  ])('throws for %s %s, which is not an operation', (method, path) => {
    const verb = method.toLowerCase() as 'get' | 'post' | 'put';
    const message = `${method} ${path} is an internal route of product, but no operation`;
    expect(() => check((app) => app[verb](path, open))).toThrow(message);
    expect(() => check((app) => app.use(express.Router()[verb](path, open)))).toThrow(message);
    expect(() => check((app) => app.use(express.Router().use(express.Router()[verb](path, open))))).toThrow(message);
  });

  it.each([
    ['a pattern', (app) => app.get(/^\/internal\/secret/, open), '/internal'],
    ['one of several paths', (app) => app.get(['/products', '/internal/secret'], open), 'GET /internal/secret'],
    ['a route for every method', (app) => app.all('/internal/secret', open), ' /internal/secret'],
    ['a chained route', (app) => app.route('/internal/secret').get(open).post(open), 'GET /internal/secret'],
    ['a second handler for an operation', (app) => app.post('/internal/quotes', open), 'POST /internal/quotes'],
    ['a route for every method in a router', (app) => app.use(anyMethod()), 'ALL /internal/secret'],
    ['a router below the prefix', (app) => app.use('/internal', express.Router().get('/secret', open)), mounted],
    ['a router below a part of it', (app) => app.use('/internal/x', express.Router().get('/secret', open)), mounted],
    ['a router below a pattern', (app) => app.use('/:any', express.Router().get('/secret', open)), mounted],
    [
      'a router of a router',
      (app) => app.use(express.Router().use('/internal', express.Router().get('/x', open))),
      mounted,
    ],
  ] as [string, (app: Express) => unknown, string][])('rejects %s', (_case, add, message) => {
    expect(() => check(add)).toThrow(TypeError);
    expect(() => check(add)).toThrow(message);
  });

  it('takes an application without routes', () => {
    expect(() =>
      assertInternalRoutes(express(), { service: 'product', operations, prefix: '/internal' }),
    ).not.toThrow();
  });

  it('throws for the operations of another service', () => {
    const app = express().use(operationsRouter());
    expect(() => assertInternalRoutes(app, { service: 'user', operations, prefix: '/internal' })).toThrow(
      'POST /internal/quotes is an internal route of user, but no operation',
    );
  });
});
