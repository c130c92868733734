import { testBodyRefusals, testOtherMethods, testTokenRefusals } from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Harness } from './harness.ts';
import { openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const one = '/users/0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';

describe.each([
  { method: 'get', path: '/users/me', scope: 'account' },
  { method: 'patch', path: '/users/me', scope: 'account' },
  { method: 'get', path: '/users/me/contact', scope: 'account' },
  { method: 'put', path: '/users/me/contact', scope: 'account' },
  { method: 'put', path: '/users/me/password', scope: 'account' },
  { method: 'get', path: '/auth/sessions', scope: 'account' },
  { method: 'delete', path: '/auth/sessions/0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58', scope: 'account' },
  { method: 'post', path: '/auth/logout-all', scope: 'account' },
  { method: 'get', path: '/users', scope: 'user:admin' },
  { method: 'get', path: one, scope: 'user:admin' },
  { method: 'patch', path: one, scope: 'user:admin' },
] as const)('$method $path', (route) => testTokenRefusals({ service: 'user', ...route }, () => harness));

describe.each([
  { method: 'post', path: '/auth/register' },
  { method: 'post', path: '/auth/login' },
  { method: 'post', path: '/auth/refresh' },
  { method: 'post', path: '/auth/logout' },
  { method: 'patch', path: '/users/me' },
  { method: 'put', path: '/users/me/contact' },
  { method: 'put', path: '/users/me/password' },
  { method: 'patch', path: one },
] as const)('$method $path', ({ method, path }) => {
  let sub: string;
  beforeAll(async () => {
    sub = (await harness.addUser()).id;
  });
  const authorization = () => `Bearer ${harness.issuer.token({ sub, scope: 'account user:admin' })}`;
  testBodyRefusals(() => request(harness.server)[method](path).set('Authorization', authorization()));
});

describe('another method', () => {
  testOtherMethods(
    () => harness,
    [
      ['get', '/auth/register', 'OPTIONS, POST'],
      ['put', '/auth/login', 'OPTIONS, POST'],
      ['get', '/auth/refresh', 'OPTIONS, POST'],
      ['delete', '/auth/logout', 'OPTIONS, POST'],
      ['post', '/users/me', 'GET, HEAD, OPTIONS, PATCH'],
      ['patch', '/users/me/contact', 'GET, HEAD, OPTIONS, PUT'],
      ['post', '/users/me/password', 'OPTIONS, PUT'],
      ['post', '/users', 'GET, HEAD, OPTIONS'],
      ['delete', one, 'GET, HEAD, OPTIONS, PATCH'],
      ['post', '/.well-known/jwks.json', 'GET, HEAD, OPTIONS'],
      ['post', '/.well-known/oauth-authorization-server', 'GET, HEAD, OPTIONS'],
    ],
  );
});

describe('another spelling of a path', () => {
  it.each(['/Users/me', '/users/me/', '/users//me', '/users%2fme'])('%s answers 404', async (path) => {
    const sent = request(harness.server).get(path);
    const { body } = await sent.set('Authorization', `Bearer ${harness.issuer.token({ scope: 'account' })}`);
    expect(body).toMatchObject({ status: 404, code: 'not_found' });
  });
});
