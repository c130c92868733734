import { testOtherMethodsOf, testRouteRefusals } from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { routes } from '../src/routes.ts';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
let user: { readonly sub: string; readonly sid: string };
beforeAll(async () => {
  harness = await openHarness();
  const { id: sub } = await harness.addUser({ roles: ['admin'] });
  user = { sub, sid: await harness.addSession(sub) };
});
afterAll(() => harness.close());

const bearer = (scope: string) => `Bearer ${harness.issuer.token({ ...user, scope })}`;
testRouteRefusals({ service: 'user', routes, app: () => harness, bearer });
testOtherMethodsOf(['GET /internal/users/:id/contact'], () => harness);

describe('another spelling of a path', () => {
  it.each(['/Users/me', '/users//me', '/users%2fme'])('%s answers 404', async (path) => {
    const { body } = await request(harness.server).get(path).set('Authorization', bearer('account'));
    expect(body).toMatchObject({ status: 404, code: 'not_found' });
  });
});
