import type { RouteSpec, Routes } from '@auth/http';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { GuardedApp } from './guarded-app.ts';
import { testBodyRefusals } from './request-refusals.ts';
import { testTokenRefusals } from './token-refusals.ts';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof methods)[number];

/** An id of no resource. */
const unknownId = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';

export interface RouteRefusalOptions {
  readonly service: string;
  readonly routes: Routes;
  readonly app: () => GuardedApp;
  /** The `Authorization` header of a user with these scopes, by route; a new user of the issuer unless given. */
  readonly bearer?: (scope: string) => string;
  /** Headers that a route needs before it reads anything else. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Tests the refusals of every route of a service: a request without a valid token, a body that is not its JSON object, an
 * id that is unknown or malformed, a query parameter given twice, a service token, another method, another
 * spelling of the path. A route that is added is tested without being named here.
 */
export function testRouteRefusals(options: RouteRefusalOptions): void {
  const { service, routes, app, bearer = (scope) => `Bearer ${app().issuer.token({ scope })}`, headers = {} } = options;
  for (const [name, spec] of Object.entries<RouteSpec>(routes)) {
    const { method, path } = target(name);
    const authorization = () => (typeof spec.who === 'string' ? {} : { Authorization: bearer(spec.who.scope) });
    const send = (to: string) => request(app().server)[method](to).set(headers).set(authorization());
    const sendExample = (to: string) => (spec.body === undefined ? send(to) : send(to).send(spec.example as object));

    describe(name, () => {
      if (typeof spec.who === 'object') {
        testTokenRefusals({ service, method, path, scope: spec.who.scope }, app);
      }
      if (spec.body !== undefined) testBodyRefusals(() => send(path));
      if (spec.params !== undefined) {
        it.each([
          ['an unknown id', path],
          ['a malformed id', path.replaceAll(unknownId, '1')],
          ['an id with SQL in it', path.replaceAll(unknownId, "'%20or%201=1")],
        ])('with %s answers 404', async (_given, to) => {
          const { body } = await sendExample(to);
          expect(body).toMatchObject({ status: 404, code: 'not_found' });
        });

        it('with an id that cannot be decoded answers 400', async () => {
          const { body } = await send(path.replaceAll(unknownId, '%zz'));
          expect(body).toMatchObject({ status: 400, code: 'invalid_request' });
        });
      }
      for (const parameter of Object.keys(spec.query?.shape ?? {})) {
        it(`with two values of ?${parameter} answers 422`, async () => {
          const { body } = await send(`${path}?${parameter}=1&${parameter}=2`);
          expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
          expect(body.errors).toContainEqual({ pointer: `/${parameter}`, detail: 'must be given once' });
        });
      }

      it('with a service token answers 400', async () => {
        const { body } = await send(path).set('Service-Token', 'a.b.c');
        expect(body).toMatchObject({ status: 400, code: 'invalid_service_token' });
      });

      it('with a slash behind the path answers 404', async () => {
        const { body } = await send(`${path}/`);
        expect(body).toMatchObject({ status: 404, code: 'not_found' });
      });
    });
  }
  testOtherMethodsOf(Object.keys(routes), app);
}

/** Tests the answers of the paths of routes to OPTIONS, and to each method that they do not have. */
export function testOtherMethodsOf(names: readonly string[], app: () => Pick<GuardedApp, 'server'>): void {
  const paths = [...new Set(names.map((name) => target(name).path))];
  describe.each(paths)('%s', (path) => {
    const own = names.map(target).filter((route) => route.path === path);
    const has = (method: Method) => own.some((route) => route.method === method);
    const allow = [...own.map(({ method }) => method), 'options', ...(has('get') ? ['head'] : [])];
    const Allow = allow
      .map((method) => method.toUpperCase())
      .sort()
      .join(', ');

    it.each(methods.filter((method) => !has(method)))(`answers 405 and Allow: ${Allow} to %s`, async (method) => {
      const { headers, body } = await request(app().server)[method](path);
      expect(headers['allow']).toBe(Allow);
      expect(body).toMatchObject({ status: 405, code: 'method_not_allowed' });
    });

    it(`answers 204 and Allow: ${Allow} to options`, async () => {
      const { status, headers } = await request(app().server).options(path);
      expect([status, headers['allow']]).toEqual([204, Allow]);
    });
  });
}

/** Creates a request for a route, with an unknown id for each parameter. */
function target(name: string): { readonly method: Method; readonly path: string } {
  const [verb = '', template = ''] = name.split(' ');
  const method = methods.find((known) => known === verb.toLowerCase());
  if (method === undefined) throw new Error(`${name} has no method of ${methods.join(', ')}`);
  return { method, path: template.replaceAll(/:\w+/g, unknownId) };
}
