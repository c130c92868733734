import {
  type CallAttack,
  callAttacks,
  decisionsOn,
  sendCall,
  testCallAttacks,
  testLedger,
  testOtherRoutes,
  testSingleUse,
  testUnlistedCaller,
  testUnmatched,
  userAttacks,
} from '@auth/testkit/app';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Harness, openHarness } from './harness.ts';
import { quoteCall, quotePath } from './quote-calls.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const unknownId = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a58';
const otherId = '0190e4b2-7d3c-7a51-9f0e-3f6d1c2b4a59';
const quote = (items: readonly object[]) => sendCall(harness, quoteCall(harness, items).sent);

describe('POST /internal/quotes', () => {
  it('answers 200 with prices and names in the order of the request, and stores nothing', async () => {
    const mug = await harness.addProduct({ name: 'Mug', price: 1250, stock: 3 });
    const book = await harness.addProduct({ name: 'Book', price: 990, currency: 'USD' });
    const wanted = [
      { productId: book.id, quantity: 2 },
      { productId: mug.id.toUpperCase(), quantity: 3 },
    ];
    const { status, headers, body } = await quote(wanted);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      items: [
        { productId: book.id, name: 'Book', quantity: 2, unitPrice: 990, currency: 'USD' },
        { productId: mug.id, name: 'Mug', quantity: 3, unitPrice: 1250, currency: 'EUR' },
      ],
      rejected: [],
    });
    // Stock is checked, not reserved.
    expect(await harness.db.client.product.findUnique({ where: { id: mug.id } })).toMatchObject({ stock: 3 });
  });

  it('lists unavailable items separately, with the reason', async () => {
    const [good, inactive, scarce] = await Promise.all([
      harness.addProduct(),
      harness.addProduct({ active: false, stock: 0 }),
      harness.addProduct({ stock: 3 }),
    ]);
    const ids = [unknownId, inactive.id, good.id, scarce.id];
    const { body } = await quote(ids.map((productId) => ({ productId, quantity: 4 })));
    expect(body.items).toMatchObject([{ productId: good.id, quantity: 4 }]);
    expect(body.rejected).toEqual([
      { productId: unknownId, reason: 'unknown' },
      { productId: inactive.id, reason: 'inactive' },
      { productId: scarce.id, reason: 'out_of_stock' },
    ]);
  });

  it('logs the caller once, without a user', async () => {
    const answer = await quote([{ productId: unknownId, quantity: 1 }]);
    expect(decisionsOn(harness, answer)).toEqual([
      {
        decision: 'allow',
        operation: 'product:quotes.create',
        caller: 'order',
        kid: harness.calls.order.get('product')?.kid,
        jti: expect.stringMatching(/^[\w-]{22}$/),
        ms: expect.any(Number),
      },
    ]);
  });

  const one = { productId: unknownId, quantity: 1 };
  it.each([
    ['no items', [], ['/items']],
    ['51 items', Array.from({ length: 51 }, () => one), ['/items']],
    ['one product twice', [one, { ...one, productId: unknownId.toUpperCase() }], ['/items']],
    [
      'quantities out of range',
      [
        { ...one, quantity: 0 },
        { productId: otherId, quantity: 1001 },
      ],
      ['/items/0/quantity', '/items/1/quantity'],
    ],
    [
      'malformed items',
      [{ productId: 'x', quantity: 1.5 }, {}],
      ['/items/0/productId', '/items/0/quantity', '/items/1/productId', '/items/1/quantity'],
    ],
    ['unknown fields', [{ ...one, price: 0 }], ['/items/0/price']],
  ])('answers 422 to %s', async (_case, items, pointers) => {
    const { body } = await quote(items);
    expect(body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect([...new Set(body.errors.map(({ pointer }: { pointer: string }) => pointer))].sort()).toEqual(pointers);
  });

  it.each([
    ['415', 'another media type', 'text/plain', '{"items":[]}'],
    ['415', 'another charset', 'application/json; charset=utf-16', '{"items":[]}'],
    ['400', 'malformed JSON', 'application/json', '{"items":'],
  ])('answers %s to %s with a valid signature', async (status, _case, type, content) => {
    const { sent, sign } = quoteCall(harness, []);
    const { body } = await sendCall(harness, { ...sent, content, type, serviceToken: sign({ content }) });
    expect(body.status).toBe(Number(status));
  });
});

const makeCall = async () => quoteCall(harness, [{ productId: unknownId, quantity: 1 }]);
const operation = { app: () => harness, makeCall, answer: 200 } as const;

const attacks: readonly CallAttack[] = [
  ...callAttacks,
  ['another body', 'content_binding', ({ sent }) => ({ content: sent.content?.replace('1}', '2}') })],
  ['the same JSON in other bytes', 'content_binding', ({ sent }) => ({ content: `${sent.content} ` })],
  ['another body under another media type', 'content_binding', () => ({ content: 'items=', type: 'text/plain' })],
  ['no body', 'content_binding', () => ({ content: undefined })],
  ...userAttacks,
  ['a token for another operation', 'operation', ({ sign }) => ({ serviceToken: sign({ operation: 'quotes.read' }) })],
];

describe('POST /internal/quotes under attack', () => {
  testCallAttacks(operation, attacks);
  testSingleUse(operation);
  testUnlistedCaller(operation);

  it('answers 400 to a reused token, whatever the first answer was', async () => {
    const { sent } = quoteCall(harness, []);
    expect((await sendCall(harness, sent)).status).toBe(422);
    const second = await sendCall(harness, sent);
    expect(second.body).toMatchObject({ status: 400, code: 'invalid_service_token' });
    expect(decisionsOn(harness, second)).toMatchObject([{ decision: 'deny', reason: 'replayed' }]);
  });
});

describe('the ledger of product:quotes.create', () => {
  testLedger(operation);
  testUnmatched(operation);
});

describe('a service token on a route that is no operation', () => {
  testOtherRoutes(operation, [
    ['get', '/products'],
    ['post', '/products'],
    ['put', quotePath],
    ['post', quotePath.toUpperCase()],
    ['get', '/nowhere'],
  ]);
});
