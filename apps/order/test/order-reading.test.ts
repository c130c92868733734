import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { createShop } from './shop.ts';

const shop = createShop();
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(shop);
});
afterAll(() => harness.close());

const readsAny = { scope: 'order:read order:read-any' };

function get(customer: Customer, path: string, claims: { scope?: string } = {}) {
  return request(harness.server).get(path).set('Authorization', customer.bearer(claims));
}

async function place(customer: Customer) {
  const items = [{ productId: shop.offer(), quantity: 1 }];
  return (await request(harness.server).post('/orders').set('Authorization', customer.bearer()).send({ items })).body;
}

const idsOf = (items: { id: string }[]) => items.map(({ id }) => id);

describe('GET /orders', () => {
  it('answers 200 with the user’s own orders, newest first', async () => {
    const customer = harness.newCustomer();
    const first = await place(customer);
    await place(harness.newCustomer());
    const second = await place(customer);
    const { status, headers, body } = await get(customer, '/orders');
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('link');
    expect(body).toEqual({ items: [second, first], next_cursor: null });
  });

  it('answers 200 with an empty list to a user without orders', async () => {
    expect((await get(harness.newCustomer(), '/orders')).body).toEqual({ items: [], next_cursor: null });
  });

  it('lists all orders once, by Link and by next_cursor', async () => {
    const customer = harness.newCustomer();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push((await place(customer)).id);
    const walked: string[][] = [];
    for (let path: string | undefined = '/orders?limit=2'; path !== undefined; ) {
      const { headers, body } = await get(customer, path);
      walked.push(idsOf(body.items));
      path = /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      expect(new URLSearchParams(path?.split('?')[1]).get('cursor')).toBe(body.next_cursor);
    }
    expect(walked.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(walked.flat()).toEqual(ids.sort().reverse());
  });

  it('shows no order of another user after a cursor of that user', async () => {
    const [ada, eve] = [harness.newCustomer(), harness.newCustomer()];
    await Promise.all([place(ada), place(ada)]);
    const { next_cursor } = (await get(ada, '/orders?limit=1')).body;
    expect((await get(eve, `/orders?cursor=${next_cursor}`)).body.items).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'cursor=a&cursor=b'])('answers 422 to ?%s', async (query) => {
    const { body } = await get(harness.newCustomer(), `/orders?${query}`);
    const errors = [{ pointer: `/${query.split('=')[0]}` }];
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields', errors });
  });

  it('shows the orders of all users with order:read-any', async () => {
    const placed = await Promise.all([place(harness.newCustomer()), place(harness.newCustomer())]);
    const { items } = (await get(harness.newCustomer(), '/orders?limit=100', readsAny)).body;
    expect(idsOf(items)).toEqual(expect.arrayContaining(idsOf(placed)));
  });
});

describe('GET /orders/:id', () => {
  it('answers 200 with the user’s own order', async () => {
    const customer = harness.newCustomer();
    const order = await place(customer);
    const { status, body } = await get(customer, `/orders/${order.id}`);
    expect([status, body]).toEqual([200, order]);
  });

  it('answers 404 to another user, with the body of an unknown id', async () => {
    const { id } = await place(harness.newCustomer());
    const unknown = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
    const eve = harness.newCustomer();
    const [other, none] = await Promise.all([get(eve, `/orders/${id}`), get(eve, `/orders/${unknown}`)]);
    expect(other.body).toMatchObject({ status: 404, code: 'not_found' });
    expect({ ...other.body, requestId: '' }).toEqual({ ...none.body, requestId: '' });
  });

  it('answers 200 to another user with order:read-any', async () => {
    const order = await place(harness.newCustomer());
    expect((await get(harness.newCustomer(), `/orders/${order.id}`, readsAny)).body).toEqual(order);
  });
});
