import { databaseNowhere, expectUnavailable } from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness } from './harness.ts';
import { createShop } from './shop.ts';

const shop = createShop();
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ ...shop, url: databaseNowhere });
});
afterAll(() => harness.close());

const one = '/orders/0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';

describe('the order app without its database', () => {
  it('answers 503 with Retry-After to a valid token, and 401 to an invalid one', async () => {
    const { server } = harness;
    const authorization = harness.newCustomer().bearer();
    const items = [{ productId: shop.offer(), quantity: 1 }];
    await expectUnavailable([
      () => request(server).post('/orders').set('Authorization', authorization).send({ items }),
      () => request(server).get('/orders').set('Authorization', authorization),
      () => request(server).get(one).set('Authorization', authorization),
      () => request(server).post(`${one}/cancel`).set('Authorization', authorization),
      () => request(server).get('/readyz'),
    ]);
    expect((await request(server).get('/orders')).status).toBe(401);
    expect((await request(server).get('/livez')).status).toBe(200);
  });
});
