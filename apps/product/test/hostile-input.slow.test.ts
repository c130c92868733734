import { randomUUID } from 'node:crypto';
import { testHostileInput } from '@auth/testkit/app';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type Harness, newSku, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const server = () => harness.server;
const cursor = Buffer.from(randomUUID()).toString('base64url');
const authorized = () => ({ Authorization: harness.bearer('product:read product:write') });
const fields = { name: 'Mug', description: 'For tea', price: 1250, currency: 'EUR', stock: 10 };
const target = async () => `/products/${(await harness.addProduct()).id}`;

describe('GET /products', () => {
  testHostileInput(server, () => ({
    method: 'GET',
    target: `/products?cursor=${cursor}&limit=2&q=mug`,
    headers: authorized(),
  }));
});

describe('POST /products', () => {
  testHostileInput(server, () => ({
    method: 'POST',
    target: '/products',
    headers: authorized(),
    body: { sku: newSku(), ...fields },
  }));
});

describe('GET /products/:id', () => {
  testHostileInput(server, async () => ({ method: 'GET', target: await target(), headers: authorized() }));
});

describe('PATCH /products/:id', () => {
  testHostileInput(server, async () => {
    const headers = { ...authorized(), 'If-Match': '*' };
    return { method: 'PATCH', target: await target(), headers, body: { ...fields, active: true } };
  });
});

describe('DELETE /products/:id', () => {
  testHostileInput(server, async () => ({ method: 'DELETE', target: await target(), headers: authorized() }));
});
