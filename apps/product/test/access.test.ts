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

const one = '/products/0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';

describe.each([
  { method: 'get', path: '/products', scope: 'product:read' },
  { method: 'get', path: one, scope: 'product:read' },
  { method: 'post', path: '/products', scope: 'product:write' },
  { method: 'patch', path: one, scope: 'product:write' },
  { method: 'delete', path: one, scope: 'product:write' },
] as const)('$method $path', (route) => testTokenRefusals({ service: 'product', ...route }, () => harness));

describe.each([
  { method: 'post', path: '/products' },
  { method: 'patch', path: one },
] as const)('$method $path', ({ method, path }) => {
  const headers = () => ({ Authorization: harness.bearer('product:write'), 'If-Match': '*' });
  testBodyRefusals(() => request(harness.server)[method](path).set(headers()));
});

describe('another method', () => {
  testOtherMethods(
    () => harness,
    [
      ['put', '/products', 'GET, HEAD, OPTIONS, POST'],
      ['put', one, 'DELETE, GET, HEAD, OPTIONS, PATCH'],
      ['get', '/internal/quotes', 'OPTIONS, POST'],
    ],
  );
});

describe('an id', () => {
  it.each([
    ['get', 'unknown', one],
    ['patch', 'unknown', one],
    ['delete', 'unknown', one],
    ['get', 'malformed', '/products/1'],
    ['patch', 'malformed', '/products/1'],
    ['delete', 'malformed', "/products/'%20or%201=1"],
    ['get', 'with a slash behind it', `${one}/`],
  ] as const)('of %s that is %s answers 404', async (method, _case, path) => {
    const sent = request(harness.server)[method](path).set('If-Match', '"1"');
    sent.set('Authorization', harness.bearer('product:read product:write'));
    const { body } = await (method === 'patch' ? sent.send({ price: 1 }) : sent);
    expect(body).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('that cannot be decoded answers 400', async () => {
    const { body } = await request(harness.server)
      .get('/products/%zz')
      .set('Authorization', harness.bearer('product:read'));
    expect(body).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});
