import { operations } from '@auth/contracts';
import { outgoingHeaders } from '@auth/http';
import { type Answer, type Callee, closedUrl, json, openCallee, problem, sick } from '@auth/testkit/callee';
import { createServiceTokenSigner } from '@auth/verify';
import type { UpstreamError } from '@auth/verify/client';
import { createTestEdge } from '@auth/verify/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { Contacts } from '../src/orders.ts';
import { createUserClient } from '../src/user-client.ts';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { contact, createShop } from './shop.ts';

const edge = createTestEdge('order', 'user');
const shop = createShop();
let harness: Harness;
let user: Callee;
/** The user service of a test, and the errors of unavailable contacts. */
let contacts: Contacts;
let missed: UpstreamError[];
beforeAll(async () => {
  harness = await openHarness({ ...shop, contacts: { find: (id, token) => contacts.find(id, token) } });
  const accessTokens = harness.verifierOf('user');
  user = await openCallee({
    operations: [operations['user:contacts.read']],
    accepts: edge.accepts,
    accessTokens,
    now: harness.now,
  });
});
afterAll(async () => {
  await user.close();
  await harness.close();
});

function connect(baseUrl: string, keys = edge.calls) {
  missed = [];
  const signer = createServiceTokenSigner({ service: 'order', keys, now: harness.now });
  const onMissed = (error: UpstreamError) => missed.push(error);
  contacts = createUserClient({ signer, baseUrl, headers: outgoingHeaders, timeoutMs: 600, onMissed });
}

function ask(customer: Customer, method: 'get' | 'post', path: string, authorization = customer.bearer()) {
  return request(harness.server)[method](path).set('Authorization', authorization);
}

const place = (customer: Customer) =>
  ask(customer, 'post', '/orders').send({ items: [{ productId: shop.offer(), quantity: 1 }] });
const storedContact = async (id: string) =>
  (await harness.db.client.order.findUniqueOrThrow({ where: { id } })).contact;

/** Places an order while user is down. */
async function placeWithoutContact(customer: Customer): Promise<string> {
  connect(await closedUrl());
  return (await place(customer)).body.id;
}

describe('POST /orders with user', () => {
  it('attaches the contact; user gets a service token and the user’s token', async () => {
    connect(user.url);
    user.answer(json(contact));
    const customer = harness.newCustomer();
    const before = user.requests.length;
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const authorization = customer.bearer();
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'X-Request-Id': 'request-2' };
    const { body } = await place(customer).set({ ...headers, Authorization: authorization });
    expect(body).toMatchObject({ status: 'placed', contact });
    const [seen, ...others] = user.requests.slice(before);
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ authorization, 'x-request-id': 'request-2' });
    expect(seen?.['traceparent']).toMatch(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`));
    expect(missed).toEqual([]);
  });

  it('attaches a contact without phone and address', async () => {
    connect(user.url);
    const bare = { name: 'Ada', email: 'ada@example.com', phone: null, address: null };
    user.answer(json(bare));
    expect((await place(harness.newCustomer())).body.contact).toEqual(bare);
  });
});

describe('POST /orders when user', () => {
  it.each<[string, Answer, UpstreamError['code']]>([
    ['answers 503', problem(503, 'unavailable'), 'unavailable'],
    ['hangs up', sick['hangs up'], 'unavailable'],
    ['never answers', sick['never answers'], 'upstream_timeout'],
    ['answers 500', problem(500, 'internal'), 'upstream_failed'],
    ['answers with a page', sick['answers with a page'], 'upstream_failed'],
    ['answers with another shape', json({ ...contact, phone: 'none' }), 'upstream_failed'],
    ['answers 401 about the token', problem(401, 'token_revoked'), 'upstream_refused'],
    ['answers 404', problem(404, 'not_found'), 'upstream_refused'],
  ])('%s: answers 201 without a contact, which a later read attaches', async (_case, answer, code) => {
    connect(user.url);
    user.answer(answer);
    const customer = harness.newCustomer();
    const { status, body } = await place(customer);
    expect([status, body.contact]).toEqual([201, null]);
    expect(missed).toMatchObject([{ code, operation: 'user:contacts.read' }]);
    user.answer(json(contact));
    expect((await ask(customer, 'get', `/orders/${body.id}`)).body).toEqual({ ...body, contact });
  });

  it('refuses order’s service token: answers 201 without a contact', async () => {
    connect(user.url, createTestEdge('order', 'user').calls);
    const { status, body } = await place(harness.newCustomer());
    expect([status, body.contact]).toEqual([201, null]);
    expect(missed).toMatchObject([{ code: 'upstream_failed', answer: { code: 'invalid_service_token' } }]);
  });

  it('is down: answers 201 without a contact', async () => {
    connect(await closedUrl());
    const { status, body } = await place(harness.newCustomer());
    expect([status, body.contact]).toEqual([201, null]);
  });
});

describe('a token without the scope account', () => {
  const scope = 'order:read order:write';

  it('places an order without a contact and without calling user; a later token with the scope attaches it', async () => {
    connect(user.url);
    user.answer(json(contact));
    const customer = harness.newCustomer();
    const before = user.requests.length;
    const { status, body } = await place(customer).set('Authorization', customer.bearer({ scope }));
    expect([status, body.contact]).toEqual([201, null]);
    expect(user.requests).toHaveLength(before);
    expect((await ask(customer, 'get', `/orders/${body.id}`)).body.contact).toEqual(contact);
  });

  it('reads no contact, on any route', async () => {
    connect(user.url);
    user.answer(json(contact));
    const customer = harness.newCustomer();
    const key = { 'Idempotency-Key': 'key-1' };
    const items = [{ productId: shop.offer(), quantity: 1 }];
    const placed = await ask(customer, 'post', '/orders').set(key).send({ items });
    expect(placed.body.contact).toEqual(contact);
    const authorization = customer.bearer({ scope });
    const path = `/orders/${placed.body.id}`;
    const repeated = await ask(customer, 'post', '/orders', authorization).set(key).send({ items });
    expect(repeated.headers['idempotent-replayed']).toBe('true');
    const listed = await ask(customer, 'get', '/orders', authorization);
    const [one, cancelled] = [
      await ask(customer, 'get', path, authorization),
      await ask(customer, 'post', `${path}/cancel`, authorization),
    ];
    const shown = [repeated.body, ...listed.body.items, one.body, cancelled.body];
    expect(shown.map((order) => order.contact)).toEqual([null, null, null, null]);
    expect((await ask(customer, 'get', path)).body).toMatchObject({ status: 'cancelled', contact });
  });
});

describe('an order without a contact', () => {
  it('gets the contact at GET /orders/:id, permanently', async () => {
    const customer = harness.newCustomer();
    const id = await placeWithoutContact(customer);
    expect((await ask(customer, 'get', `/orders/${id}`)).body.contact).toBeNull();
    connect(user.url);
    user.answer(json(contact));
    expect((await ask(customer, 'get', `/orders/${id}`)).body.contact).toEqual(contact);
    expect(await storedContact(id)).toEqual(contact);
    const before = user.requests.length;
    expect((await ask(customer, 'get', `/orders/${id}`)).body.contact).toEqual(contact);
    expect(user.requests).toHaveLength(before);
  });

  it('gets the contact at GET /orders, with one call for all orders', async () => {
    const customer = harness.newCustomer();
    const ids = [await placeWithoutContact(customer), await placeWithoutContact(customer)];
    connect(user.url);
    user.answer(json(contact));
    const before = user.requests.length;
    const { items } = (await ask(customer, 'get', '/orders')).body;
    expect(items).toMatchObject([{ contact }, { contact }]);
    expect(user.requests).toHaveLength(before + 1);
    expect(await Promise.all(ids.map(storedContact))).toEqual([contact, contact]);
  });

  it.each([
    ['its owner, with a token that is not for user', ({ bearer }: Customer) => bearer({ aud: ['order'] })],
    ['another user with order:read-any', () => harness.newCustomer().bearer({ scope: 'order:read order:read-any' })],
  ])('stays without a contact when read by %s, and user is not called', async (_case, authorizationOf) => {
    const customer = harness.newCustomer();
    const id = await placeWithoutContact(customer);
    connect(user.url);
    user.answer(json(contact));
    const before = user.requests.length;
    const authorization = authorizationOf(customer);
    expect((await ask(customer, 'get', `/orders/${id}`, authorization)).body.contact).toBeNull();
    expect((await ask(customer, 'get', '/orders?limit=100', authorization)).body.items).toContainEqual(
      expect.objectContaining({ id, contact: null }),
    );
    expect(user.requests).toHaveLength(before);
  });

  it('gets a contact without a change of other users’ orders', async () => {
    const [ada, eve] = [harness.newCustomer(), harness.newCustomer()];
    const [ofAda, ofEve] = [await placeWithoutContact(ada), await placeWithoutContact(eve)];
    connect(user.url);
    user.answer(json(contact));
    await ask(ada, 'get', `/orders/${ofAda}`);
    expect(await storedContact(ofEve)).toBeNull();
  });
});
