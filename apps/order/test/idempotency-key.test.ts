import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { expectPlaced, expectReplay, placeKeyed } from './keyed-orders.ts';
import { createShop } from './shop.ts';

const shop = createShop();
const items = [{ productId: shop.offer(), quantity: 2 }];
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(shop);
});
afterAll(() => harness.close());

const place = (customer: Customer, key: string) => placeKeyed(harness.server, { customer, key, items });

describe('an Idempotency-Key', () => {
  it.each([
    ['one character', '!'],
    ['255 characters', '~'.repeat(255)],
    ['in quotes', '"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
  ])('accepts %s', async (_case, key) => {
    const customer = harness.newCustomer();
    const first = await place(customer, key);
    expectPlaced(first);
    expectReplay(first, await place(customer, key));
  });

  it.each([
    ['empty', ['']],
    ['of spaces', ['   ']],
    ['with a space inside', ['key 1']],
    ['of 256 characters', ['x'.repeat(256)]],
    ['outside of ASCII', ['k\u00e9y']],
    ['there twice', ['key-1', 'key-1']],
  ])('answers 400 to %s, and stores nothing', async (_case, keys) => {
    const customer = harness.newCustomer();
    const { status, body } = await sendKeys(customer, keys);
    expect(status).toBe(400);
    expect(body).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(await harness.countOrders(customer)).toBe(0);
  });

  it('is optional: each request without a key places an order', async () => {
    const customer = harness.newCustomer();
    for (let i = 0; i < 2; i += 1)
      expectPlaced(
        await request(harness.server).post('/orders').set('Authorization', customer.bearer()).send({ items }),
      );
    expect(await harness.countOrders(customer)).toBe(2);
  });
});

/** Sends raw headers, which a client library would normalise. */
async function sendKeys(customer: Customer, keys: string[]) {
  const address = harness.server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const headers = { Authorization: customer.bearer(), 'Content-Type': 'application/json', 'Idempotency-Key': keys };
  const sent = httpRequest({ port: address.port, host: '127.0.0.1', path: '/orders', method: 'POST', headers });
  sent.end(JSON.stringify({ items }));
  const [answer] = await once(sent, 'response');
  const chunks: string[] = [];
  for await (const chunk of answer) chunks.push(String(chunk));
  const body: unknown = JSON.parse(chunks.join(''));
  return { status: answer.statusCode, body };
}
