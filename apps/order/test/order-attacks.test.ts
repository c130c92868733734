import {
  type CallAttack,
  callAttacks,
  decisionsOn,
  makeCall,
  sendCall,
  testCallAttacks,
  testOtherRoutes,
  testUnlistedCaller,
  userAttacks,
} from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Harness, openHarness } from './harness.ts';
import { createShop } from './shop.ts';

const shop = createShop();
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(shop);
});
afterAll(() => harness.close());

const otherId = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
const pathOf = (id: string) => `/internal/orders/${id}`;

/** Creates a valid call by product, with a key that order knows. No caller is listed for the operation. */
async function callOfProduct() {
  const { bearer } = harness.newCustomer();
  const placing = request(harness.server).post('/orders').set('Authorization', bearer());
  const order = (await placing.send({ items: [{ productId: shop.offer(), quantity: 1 }] })).body;
  return makeCall({
    caller: 'product',
    callee: 'order',
    keys: harness.calls.product,
    operation: 'orders.read',
    method: 'get',
    path: pathOf(order.id),
    bearer: undefined,
    at: harness.now(),
  });
}

const operation = { app: () => harness, makeCall: callOfProduct, answer: 403 } as const;

const attacks: readonly CallAttack[] = [
  ...callAttacks,
  ['another id in the path', 'target', () => ({ path: pathOf(otherId) })],
  ['HEAD instead of GET', 'method', () => ({ method: 'head' })],
  ...userAttacks,
];

describe('GET /internal/orders/:id', () => {
  testCallAttacks(operation, attacks);
  testUnlistedCaller(operation);

  it.each([
    ['a body added', { content: '{}' }],
    ['its second use', {}],
  ])('answers 403 to an unlisted caller before it checks %s', async (_what, change) => {
    const { sent } = await callOfProduct();
    for (const call of [sent, { ...sent, ...change }]) {
      const refused = await sendCall(harness, call);
      expect(refused.status).toBe(403);
      const denied = { decision: 'deny', caller: 'product', code: 'caller_not_allowed', reason: 'caller' };
      expect(decisionsOn(harness, refused)).toMatchObject([denied]);
    }
  });
});

describe('a service token on a route that is no operation', () => {
  testOtherRoutes(operation, [
    ['get', '/orders'],
    ['post', '/orders'],
    ['post', pathOf(otherId)],
    ['get', pathOf(otherId).toUpperCase()],
    ['get', '/nowhere'],
  ]);
});
