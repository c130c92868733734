import { randomUUID } from 'node:crypto';
import { operations } from '@auth/contracts';
import { outgoingHeaders } from '@auth/http';
import { type Answer, type Callee, closedUrl, json, openCallee, problem, sick } from '@auth/testkit/callee';
import { createServiceTokenSigner } from '@auth/verify';
import { createTestEdge } from '@auth/verify/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Catalog } from '../src/orders.ts';
import { createProductClient } from '../src/product-client.ts';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { contact } from './shop.ts';

const edge = createTestEdge('order', 'product');
let harness: Harness;
let product: Callee;
let asked: string[];
/** The product service of a test. */
let catalog: Catalog;
beforeAll(async () => {
  asked = [];
  harness = await openHarness({
    catalog: { quote: (items) => catalog.quote(items) },
    contacts: {
      async find(userId) {
        asked.push(userId);
        return contact;
      },
    },
  });
  const { now } = harness;
  product = await openCallee({
    operations: [operations['product:quotes.create']],
    accepts: edge.accepts,
    accessTokens: null,
    now,
  });
});
afterAll(async () => {
  await product.close();
  await harness.close();
});

function connect(baseUrl: string, keys = edge.calls) {
  const signer = createServiceTokenSigner({ service: 'order', keys, now: harness.now });
  catalog = createProductClient({ signer, baseUrl, headers: outgoingHeaders, timeoutMs: 600 });
}

const mug = { productId: randomUUID(), quantity: 2 };
const quoted = { ...mug, name: 'Mug', unitPrice: 1250, currency: 'EUR' };
function place(customer: Customer, items: readonly object[] = [mug]) {
  return request(harness.server).post('/orders').set('Authorization', customer.bearer()).send({ items });
}

/** Expects that nothing is stored and user was not called. */
async function expectNothingHappened(customer: Customer) {
  expect(await harness.countOrders(customer)).toBe(0);
  expect(asked).not.toContain(customer.id);
}

describe('POST /orders with product', () => {
  it('answers 201 with the quoted prices; product gets a service token, and not the user’s token', async () => {
    connect(product.url);
    product.answer(json({ items: [quoted], rejected: [] }));
    const customer = harness.newCustomer();
    const before = product.requests.length;
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'X-Request-Id': 'request-1' };
    const { body } = await place(customer).set(headers);
    expect(body).toMatchObject({ status: 'placed', total: 2500, currency: 'EUR', contact });
    const [seen, ...others] = product.requests.slice(before);
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ 'x-request-id': 'request-1', 'content-type': 'application/json' });
    expect(seen?.['traceparent']).toMatch(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    expect(seen).not.toHaveProperty('authorization');
    expect(seen).not.toHaveProperty('cookie');
  });

  it('answers 403 before any call when the audience of the token lacks user', async () => {
    connect(product.url);
    const customer = harness.newCustomer();
    const before = product.requests.length;
    const { headers, body } = await place(customer).set(
      'Authorization',
      customer.bearer({ aud: ['order', 'product'] }),
    );
    expect(body).toMatchObject({ status: 403, code: 'insufficient_audience' });
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(product.requests).toHaveLength(before);
    await expectNothingHappened(customer);
  });

  it('answers 422 and names each rejected item', async () => {
    connect(product.url);
    const items = Array.from({ length: 4 }, () => ({ productId: randomUUID(), quantity: 2 }));
    const [unknown, good, inactive, scarce] = items.map(({ productId }) => productId);
    const rejected = [
      { productId: scarce, reason: 'out_of_stock' },
      { productId: unknown, reason: 'unknown' },
      { productId: inactive, reason: 'inactive' },
    ];
    product.answer(json({ items: [{ ...quoted, productId: good }], rejected }));
    const customer = harness.newCustomer();
    const { body } = await place(customer, items);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect(body.errors).toEqual([
      { pointer: '/items/0/productId', detail: 'is no product that can be ordered' },
      { pointer: '/items/2/productId', detail: 'is not for sale any more' },
      { pointer: '/items/3/productId', detail: 'is not in stock in this quantity' },
    ]);
    await expectNothingHappened(customer);
  });
});

describe('POST /orders when product', () => {
  const unavailable = { status: 503, code: 'unavailable' };
  const timeout = { status: 504, code: 'upstream_timeout' };
  const failed = { status: 502, code: 'upstream_failed' };
  it.each<[string, Answer, typeof unavailable]>([
    ['answers 503', problem(503, 'unavailable'), unavailable],
    ['answers 429', problem(429, 'rate_limited'), unavailable],
    ['hangs up', sick['hangs up'], unavailable],
    ['never answers', sick['never answers'], timeout],
    ['stops in the middle of its answer', sick['stops in the middle of its answer'], timeout],
    ['answers 500', problem(500, 'internal'), failed],
    ['answers with a failing page', sick['answers with a failing page'], failed],
    ['answers with a page', sick['answers with a page'], failed],
    ['answers 401 about a token', problem(401, 'invalid_token'), failed],
    ['answers 403', problem(403, 'caller_not_allowed'), failed],
    ['answers 422', problem(422, 'invalid_fields'), failed],
    ['answers with another shape', json({ items: [{ ...quoted, unitPrice: -1 }], rejected: [] }), failed],
    ['answers with a megabyte', json({ items: 'x'.repeat(1_000_001) }), failed],
    ['leaves an item out', json({ items: [], rejected: [] }), failed],
    ['quotes another quantity', json({ items: [{ ...quoted, quantity: 3 }], rejected: [] }), failed],
    ['quotes another product', json({ items: [{ ...quoted, productId: randomUUID() }], rejected: [] }), failed],
  ])('%s: stores nothing', async (_case, answer, { status, code }) => {
    connect(product.url);
    product.answer(answer);
    const customer = harness.newCustomer();
    const { headers, body } = await place(customer);
    expect(body).toMatchObject({ status, code });
    expect(body.detail).not.toMatch(/callee|127\.0\.0\.1|product:/);
    expect(headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    expect(headers).not.toHaveProperty('www-authenticate');
    await expectNothingHappened(customer);
  });

  it('is down: answers 503 with Retry-After and stores nothing', async () => {
    connect(await closedUrl());
    const customer = harness.newCustomer();
    const { headers, body } = await place(customer);
    expect(body).toMatchObject(unavailable);
    expect(headers['retry-after']).toBe('5');
    await expectNothingHappened(customer);
  });

  it('refuses order’s service token: answers 502, not 401', async () => {
    connect(product.url, createTestEdge('order', 'product').calls);
    product.answer(json({ items: [quoted], rejected: [] }));
    const customer = harness.newCustomer();
    expect((await place(customer)).body).toMatchObject(failed);
    await expectNothingHappened(customer);
  });

  it('is up again: answers 201', async () => {
    const customer = harness.newCustomer();
    connect(await closedUrl());
    await place(customer);
    connect(product.url);
    product.answer(json({ items: [quoted], rejected: [] }));
    expect((await place(customer)).status).toBe(201);
    expect(await harness.countOrders(customer)).toBe(1);
  });
});
