import { outgoingHeaders } from '@auth/http';
import { closedUrl } from '@auth/testkit/callee';
import { createServiceTokenSigner } from '@auth/verify';
import { createTestEdge } from '@auth/verify/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Catalog, Contacts } from '../src/orders.ts';
import { createProductClient } from '../src/product-client.ts';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { expectPlaced, expectReplay, placeKeyed, replay } from './keyed-orders.ts';
import { contact, createShop } from './shop.ts';

const shop = createShop();
const mug = { productId: shop.offer(), quantity: 2 };
let harness: Harness;
/** The services that order calls: those of the shop, until a test replaces them. */
let catalog: Catalog;
let contacts: Contacts;
beforeAll(async () => {
  harness = await openHarness({
    catalog: { quote: (items) => catalog.quote(items) },
    contacts: { find: (userId, accessToken) => contacts.find(userId, accessToken) },
  });
});
beforeEach(() => {
  ({ catalog, contacts } = shop);
});
afterAll(() => harness.close());

const place = (customer: Customer, key: string, items: readonly object[] = [mug]) =>
  placeKeyed(harness.server, { customer, key, items });

function post(customer: Customer, path: string) {
  return request(harness.server).post(path).set('Authorization', customer.bearer());
}

describe('POST /orders with an Idempotency-Key', () => {
  it('places one order, however often the request is repeated', async () => {
    const customer = harness.newCustomer();
    const first = await place(customer, 'key-1');
    expectPlaced(first);
    expectReplay(first, await place(customer, 'key-1'));
    expectReplay(first, await place(customer, 'key-1', [{ quantity: 2, productId: mug.productId.toUpperCase() }]));
    expect(await harness.countOrders(customer)).toBe(1);
  });

  it('answers 429 to a key beyond the limit, places nothing, and repeats the answers of other keys', async () => {
    const customer = harness.newCustomer();
    const first = await place(customer, 'key-0');
    for (let index = 1; index < 20; index += 1) expectPlaced(await place(customer, `key-${index}`));
    const { headers, body } = await place(customer, 'one-too-many');
    expect(body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(headers['retry-after']).toBe('3600');
    expect(await harness.countOrders(customer)).toBe(20);
    expectReplay(first, await place(customer, 'key-0'));
    expectPlaced(await place(harness.newCustomer(), 'of-another-customer'));
    expect((await post(customer, '/orders').send({ items: [mug] })).status).toBe(201);
  });

  it('repeats the first answer after the order was cancelled', async () => {
    const customer = harness.newCustomer();
    const first = await place(customer, 'key-1');
    expect((await post(customer, `/orders/${first.body.id}/cancel`)).body.status).toBe('cancelled');
    expectReplay(first, await place(customer, 'key-1'));
  });

  it('repeats the first answer after the contact was attached', async () => {
    const customer = harness.newCustomer();
    contacts = { find: async () => undefined };
    const first = await place(customer, 'key-1');
    expect(first.body.contact).toBeNull();
    contacts = shop.contacts;
    const read = request(harness.server).get(`/orders/${first.body.id}`).set('Authorization', customer.bearer());
    expect((await read).body.contact).toEqual(contact);
    expectReplay(first, await place(customer, 'key-1'));
  });

  it('calls neither product nor user for a repetition', async () => {
    const customer = harness.newCustomer();
    const first = await place(customer, 'key-1');
    catalog = { quote: () => Promise.reject(new Error('asked for a quote')) };
    contacts = { find: () => Promise.reject(new Error('asked for a contact')) };
    expectReplay(first, await place(customer, 'key-1'));
  });

  it('answers 422 to another request with the same key, and still repeats the first answer', async () => {
    const customer = harness.newCustomer();
    const first = await place(customer, 'key-1');
    const { headers, body } = await place(customer, 'key-1', [{ ...mug, quantity: 3 }]);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.detail).toBe('This Idempotency-Key was used for another request: use a new one.');
    expect(headers).not.toHaveProperty(replay);
    expectReplay(first, await place(customer, 'key-1'));
    expect(await harness.countOrders(customer)).toBe(1);
  });

  it('keeps the keys of each user separate', async () => {
    const [ada, eve] = [harness.newCustomer(), harness.newCustomer()];
    const first = await place(ada, 'key-1');
    const other = await place(eve, 'key-1', [{ ...mug, quantity: 3 }]);
    expectPlaced(other);
    expect(other.body.id).not.toBe(first.body.id);
    expect([await harness.countOrders(ada), await harness.countOrders(eve)]).toEqual([1, 1]);
  });

  it('forgets a key after 24 hours, not before', async () => {
    const customer = harness.newCustomer();
    const first = await place(customer, 'key-1');
    harness.advance(86_399);
    expectReplay(first, await place(customer, 'key-1'));
    harness.advance(2);
    const second = await place(customer, 'key-1', [{ ...mug, quantity: 3 }]);
    expectPlaced(second);
    expectReplay(second, await place(customer, 'key-1', [{ ...mug, quantity: 3 }]));
    expect(await harness.countOrders(customer)).toBe(2);
  });
});

describe('a key whose request failed', () => {
  it('is free when product was down', async () => {
    const customer = harness.newCustomer();
    const keys = createTestEdge('order', 'product').calls;
    const signer = createServiceTokenSigner({ service: 'order', keys, now: harness.now });
    catalog = createProductClient({ signer, baseUrl: await closedUrl(), headers: outgoingHeaders });
    expect((await place(customer, 'key-1')).status).toBe(503);
    catalog = shop.catalog;
    expectPlaced(await place(customer, 'key-1'));
    expect(await harness.countOrders(customer)).toBe(1);
  });

  it('is free when items were rejected, also for another request', async () => {
    const customer = harness.newCustomer();
    const unknown = { ...mug, productId: customer.id };
    expect((await place(customer, 'key-1', [unknown])).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/items/0/productId' }],
    });
    expectPlaced(await place(customer, 'key-1'));
  });
});
