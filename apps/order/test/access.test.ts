import { testBodyRefusals, testOtherMethods, testTokenRefusals } from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Harness } from './harness.ts';
import { openHarness } from './harness.ts';
import { createShop } from './shop.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(createShop());
});
afterAll(() => harness.close());

const one = '/orders/0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';

describe.each([
  { method: 'post', path: '/orders', scope: 'order:write' },
  { method: 'get', path: '/orders', scope: 'order:read' },
  { method: 'get', path: one, scope: 'order:read' },
  { method: 'post', path: `${one}/cancel`, scope: 'order:write' },
] as const)('$method $path', (route) => testTokenRefusals({ service: 'order', ...route }, () => harness));

describe('post /orders', () => {
  testBodyRefusals(() => request(harness.server).post('/orders').set('Authorization', harness.newCustomer().bearer()));
});

describe('another method', () => {
  testOtherMethods(
    () => harness,
    [
      ['put', '/orders', 'GET, HEAD, OPTIONS, POST'],
      ['delete', one, 'GET, HEAD, OPTIONS'],
      ['get', `${one}/cancel`, 'OPTIONS, POST'],
      ['post', `/internal${one}`, 'GET, HEAD, OPTIONS'],
    ],
  );
});

describe('an id', () => {
  it.each([
    ['get', 'unknown', one],
    ['post', 'unknown', `${one}/cancel`],
    ['get', 'malformed', '/orders/1'],
    ['post', 'malformed', '/orders/1/cancel'],
    ['get', 'with a slash behind it', `${one}/`],
  ] as const)('of %s that is %s answers 404', async (method, _case, path) => {
    const { body } = await request(harness.server)[method](path).set('Authorization', harness.newCustomer().bearer());
    expect(body).toMatchObject({ status: 404, code: 'not_found' });
  });
});
