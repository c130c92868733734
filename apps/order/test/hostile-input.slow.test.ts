import { randomUUID } from 'node:crypto';
import { testHostileInput } from '@auth/testkit/app';
import { afterAll, beforeAll, describe } from '@jest/globals';
import request from 'supertest';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { createShop } from './shop.ts';

const shop = createShop();
const items = [{ productId: shop.offer(), quantity: 2 }];
let harness: Harness;
let ada: Customer;
beforeAll(async () => {
  harness = await openHarness(shop);
  ada = harness.newCustomer();
});
afterAll(() => harness.close());

const server = () => harness.server;
const cursor = Buffer.from(randomUUID()).toString('base64url');
const authorized = () => ({ Authorization: ada.bearer() });
const placed = async () => (await request(server()).post('/orders').set(authorized()).send({ items })).body.id;

describe('POST /orders', () => {
  testHostileInput(server, () => ({ method: 'POST', target: '/orders', headers: authorized(), body: { items } }));
});

describe('POST /orders with an Idempotency-Key', () => {
  testHostileInput(server, () => ({
    method: 'POST',
    target: '/orders',
    headers: { ...authorized(), 'Idempotency-Key': randomUUID() },
    body: { items },
  }));
});

describe('GET /orders', () => {
  testHostileInput(server, () => ({
    method: 'GET',
    target: `/orders?cursor=${cursor}&limit=2`,
    headers: authorized(),
  }));
});

describe('GET /orders/:id', () => {
  testHostileInput(server, async () => ({ method: 'GET', target: `/orders/${await placed()}`, headers: authorized() }));
});

describe('POST /orders/:id/cancel', () => {
  testHostileInput(server, async () => ({
    method: 'POST',
    target: `/orders/${await placed()}/cancel`,
    headers: authorized(),
  }));
});
