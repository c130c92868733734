import { ada, mug, type Stack } from '@auth/dev';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from './journey-client.ts';
import { loggedLines } from './logged-lines.ts';
import { logIn, openTestStack } from './test-stack.ts';
import { testRawRequests } from './wire-journey.ts';

interface Order {
  id: string;
  total: number;
  contact: { name: string; email: string } | null;
}

const anyone = createClient();
const twoMugs = { items: [{ productId: mug.id, quantity: 2 }] };
let stack: Stack;
let customer: Client;

beforeAll(async () => {
  stack = await openTestStack({ serviceEnv: () => ({ LOG_FORMAT: 'json', LOG_LEVEL: 'debug' }) });
  customer = await logIn(stack, ada);
}, 60_000);

// Starts the services that the previous test has stopped; a running service stays.
beforeEach(async () => {
  await Promise.all([stack.start('user'), stack.start('product')]);
}, 60_000);

afterAll(() => stack?.close());

/** Counts the logged requests of the user app, with health probes. */
async function requestsOfUserApp(): Promise<number> {
  return (await loggedLines(stack, 'user')).filter((line) => line.includes('"requestId"')).length;
}

describe('the log', () => {
  it('holds no token and no password', async () => {
    await (await logIn(stack, ada)).json('POST', `${stack.urls.order}/orders`, twoMugs);
    const logs = (await Promise.all((['user', 'product', 'order'] as const).map((name) => loggedLines(stack, name))))
      .flat()
      .join('\n');
    expect(logs).toContain('"path":"/orders"');
    expect(logs).not.toContain('eyJ');
    expect(logs).not.toContain(ada.password);
  });
});

describe('a customer, on the real processes', () => {
  it('registers, logs in, browses and places an order that is priced by product and completed by user', async () => {
    const { user, product, order } = stack.urls;
    const account = { email: `grace-${Date.now()}@example.com`, password: 'nanosecond-wire-30cm', name: 'Grace' };
    await anyone.json('POST', `${user}/auth/register`, account);
    const grace = await logIn(stack, account);

    const { items } = await grace.json<{ items: { id: string; price: number; stock: number }[] }>(
      'GET',
      `${product}/products`,
    );
    const wanted = items.find(({ stock }) => stock > 1);
    const placed = await grace.json<Order>('POST', `${order}/orders`, {
      items: [{ productId: wanted?.id, quantity: 2 }],
    });

    expect(placed.total).toBe(2 * (wanted?.price ?? 0));
    expect(placed.contact).toEqual({ name: 'Grace', email: account.email, phone: null, address: null });
    expect(await grace.json('GET', `${order}/orders/${placed.id}`)).toEqual(placed);
    expect(await customer.status('GET', `${order}/orders/${placed.id}`)).toBe(404);
  });

  it('causes no request at the user app while product verifies 100 reads', async () => {
    const before = await requestsOfUserApp();
    const statuses = await Promise.all(
      Array.from({ length: 100 }, () => customer.status('GET', `${stack.urls.product}/products/${mug.id}`)),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await requestsOfUserApp()) - before).toBe(0);
    // Checks that the count changes: one call to the user app is one request.
    await customer.status('GET', `${stack.urls.user}/users/me`);
    expect((await requestsOfUserApp()) - before).toBe(1);
  });

  it('can order while the user app is stopped, and the contact is attached after its restart', async () => {
    const { product, order } = stack.urls;
    await stack.stop('user');
    await expect(fetch(`${stack.urls.user}/livez`)).rejects.toThrow();
    expect(await customer.status('GET', `${product}/products`)).toBe(200);
    const placed = await customer.json<Order>('POST', `${order}/orders`, twoMugs);
    expect(placed.contact).toBeNull();
    expect(await customer.json('GET', `${order}/orders/${placed.id}`)).toEqual(placed);
    await stack.start('user');
    const completed = await customer.json<Order>('GET', `${order}/orders/${placed.id}`);
    expect(completed.contact).toMatchObject({ name: ada.name, email: ada.email });
  }, 60_000);

  it('gets 503, and no order is stored, while the product app is stopped', async () => {
    const orders = () => customer.json<{ items: Order[] }>('GET', `${stack.urls.order}/orders?limit=100`);
    const before = await orders();
    await stack.stop('product');
    expect(await customer.status('POST', `${stack.urls.order}/orders`, twoMugs)).toBe(503);
    expect((await orders()).items.length).toBe(before.items.length);
  }, 60_000);
});

testRawRequests(() => stack);
