import { databaseNowhere, expectUnavailable, sendCall } from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness } from './harness.ts';
import { quoteCall } from './quote-calls.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(databaseNowhere);
});
afterAll(() => harness.close());

const productId = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
const one = `/products/${productId}`;

describe('the product app without its database', () => {
  it('answers 503 with Retry-After to a valid token, and 401 to an invalid one', async () => {
    const { server } = harness;
    const reader = harness.bearer('product:read');
    const editor = { Authorization: harness.bearer('product:write'), 'If-Match': '*' };
    const mug = { sku: 'mug', name: 'Mug', price: 1, currency: 'EUR', stock: 1 };
    await expectUnavailable([
      () => request(server).get('/products').set('Authorization', reader),
      () => request(server).get(one).set('Authorization', reader),
      () => request(server).post('/products').set(editor).send(mug),
      () => request(server).patch(one).set(editor).send({ price: 1 }),
      () => request(server).delete(one).set(editor),
      () => sendCall(harness, quoteCall(harness, [{ productId, quantity: 1 }]).sent),
      () => request(server).get('/readyz'),
    ]);
    expect((await request(server).get('/products')).status).toBe(401);
    expect((await request(server).get('/livez')).status).toBe(200);
  });
});
