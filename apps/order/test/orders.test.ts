import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { contact, createShop } from './shop.ts';

const shop = createShop();
let harness: Harness;
beforeAll(async () => {
  harness = await openHarness(shop);
});
afterAll(() => harness.close());

function place(customer: Customer, items: readonly unknown[], more: object = {}) {
  const sent = request(harness.server).post('/orders').set('Authorization', customer.bearer());
  return sent.send({ items, ...more });
}

describe('POST /orders', () => {
  it('answers 201 with the order at current prices, and its Location', async () => {
    const [mug, book] = [shop.offer(), shop.offer({ name: 'Book', unitPrice: 990 })];
    const customer = harness.newCustomer();
    const items = [
      { productId: mug, quantity: 3 },
      { productId: book.toUpperCase(), quantity: 1 },
    ];
    const { status, headers, body } = await place(customer, items);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      status: 'placed',
      total: 4740,
      currency: 'EUR',
      items: [
        { productId: mug, name: 'Mug', quantity: 3, unitPrice: 1250 },
        { productId: book, name: 'Book', quantity: 1, unitPrice: 990 },
      ],
      contact,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(headers['location']).toBe(`/orders/${body.id}`);
    const read = await request(harness.server)
      .get(headers['location'] ?? '')
      .set('Authorization', customer.bearer());
    expect(read.body).toEqual(body);
  });

  it('accepts 50 items of 1000 each, and keeps their order', async () => {
    const items = Array.from({ length: 50 }, () => ({
      productId: shop.offer({ unitPrice: 100_000_000 }),
      quantity: 1000,
    }));
    const { body } = await place(harness.newCustomer(), items);
    expect(body.total).toBe(5_000_000_000_000);
    expect(body.items.map(({ productId }: { productId: string }) => productId)).toEqual(
      items.map(({ productId }) => productId),
    );
  });

  const id = randomUUID();
  const [less, more] = [
    { productId: id, quantity: 0 },
    { productId: randomUUID(), quantity: 1001 },
  ];
  it.each([
    ['no items', [], {}, ['/items']],
    ['51 items', Array.from({ length: 51 }, () => ({ productId: randomUUID(), quantity: 1 })), {}, ['/items']],
    ['quantities out of range', [less, more], {}, ['/items/0/quantity', '/items/1/quantity']],
    ['half a mug', [{ productId: id, quantity: 0.5 }], {}, ['/items/0/quantity']],
    [
      'items that are none',
      ['mug', { productId: 'mug', quantity: '1' }],
      {},
      ['/items/0', '/items/1/productId', '/items/1/quantity'],
    ],
    ['a price of the client’s own', [{ productId: id, quantity: 1, unitPrice: 1 }], {}, ['/items/0/unitPrice']],
    ['another user', [{ productId: id, quantity: 1 }], { userId: id, total: 0 }, ['/total', '/userId']],
  ])('answers 422 to %s and stores nothing', async (_case, items, others, pointers) => {
    const customer = harness.newCustomer();
    const { body } = await place(customer, items, others);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(pointers);
    expect(await harness.countOrders(customer)).toBe(0);
  });

  it('answers 422 to the same product twice', async () => {
    const { body } = await place(harness.newCustomer(), [
      { productId: id, quantity: 1 },
      { productId: id.toUpperCase(), quantity: 1 },
    ]);
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '/items', detail: 'must name each product once' }] });
  });

  it('answers 422 to products of several currencies and stores nothing', async () => {
    const customer = harness.newCustomer();
    const ids = [shop.offer(), shop.offer({ currency: 'USD' })];
    const { body } = await place(
      customer,
      ids.map((productId) => ({ productId, quantity: 1 })),
    );
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields', errors: [{ pointer: '/items' }] });
    expect(await harness.countOrders(customer)).toBe(0);
  });
});

describe('POST /orders/:id/cancel', () => {
  const cancel = (customer: Customer, id: string, claims = {}) =>
    request(harness.server).post(`/orders/${id}/cancel`).set('Authorization', customer.bearer(claims));

  it('answers 200 with the cancelled order', async () => {
    const customer = harness.newCustomer();
    const { body: placed } = await place(customer, [{ productId: shop.offer(), quantity: 1 }]);
    const { status, body } = await cancel(customer, placed.id);
    expect(status).toBe(200);
    expect(body).toEqual({ ...placed, status: 'cancelled' });
  });

  it('answers 409 the second time', async () => {
    const customer = harness.newCustomer();
    const { id } = (await place(customer, [{ productId: shop.offer(), quantity: 1 }])).body;
    await cancel(customer, id);
    expect((await cancel(customer, id)).body).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('answers 200 to one of ten concurrent requests', async () => {
    const customer = harness.newCustomer();
    const { id } = (await place(customer, [{ productId: shop.offer(), quantity: 1 }])).body;
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(customer, id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  });

  it.each(['order:write', 'order:write order:read-any'])('answers 404 to another user with %s', async (scope) => {
    const { id } = (await place(harness.newCustomer(), [{ productId: shop.offer(), quantity: 1 }])).body;
    expect((await cancel(harness.newCustomer(), id, { scope })).body).toMatchObject({ status: 404, code: 'not_found' });
    expect(await harness.db.client.order.findUnique({ where: { id } })).toMatchObject({ status: 'placed' });
  });
});
