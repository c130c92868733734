import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Catalog } from '../src/orders.ts';
import { type Customer, type Harness, openHarness } from './harness.ts';
import { heldBack } from './held-back.ts';
import { expectPlaced, expectReplay, placeKeyed, replay } from './keyed-orders.ts';
import { createShop } from './shop.ts';

const shop = createShop();
const mug = { productId: shop.offer(), quantity: 2 };
let harness: Harness;
/** The catalog: that of the shop, until a test holds it back. */
let catalog: Catalog;
beforeAll(async () => {
  harness = await openHarness({ ...shop, catalog: { quote: (items) => catalog.quote(items) } });
});
beforeEach(() => {
  catalog = shop.catalog;
});
afterAll(() => harness.close());

const place = (customer: Customer, key: string, items: readonly object[] = [mug]) =>
  placeKeyed(harness.server, { customer, key, items });

describe('a key whose request still runs', () => {
  it('answers 409 with Retry-After, and places one order', async () => {
    const customer = harness.newCustomer();
    const held = heldBack(shop.catalog);
    catalog = held.catalog;
    const running = place(customer, 'key-1');
    await held.asked(1);
    const { headers, body } = await place(customer, 'key-1');
    expect(body).toMatchObject({ status: 409, code: 'conflict' });
    expect(headers['retry-after']).toBe('2');
    held.release();
    const first = await running;
    expectPlaced(first);
    expectReplay(first, await place(customer, 'key-1'));
    expect(await harness.countOrders(customer)).toBe(1);
  });

  it('answers 201 to one of ten concurrent requests', async () => {
    const customer = harness.newCustomer();
    const answers = await Promise.all(Array.from({ length: 10 }, () => place(customer, 'key-1')));
    const placed = answers.filter(({ status, headers }) => status === 201 && headers[replay] === undefined);
    expect(placed).toHaveLength(1);
    for (const { status, body } of answers) {
      if (status === 201) expect(body).toEqual(placed[0]?.body);
      else expect(status).toBe(409);
    }
    expect(await harness.countOrders(customer)).toBe(1);
  });

  it('answers 422, not 409, to another request', async () => {
    const customer = harness.newCustomer();
    const held = heldBack(shop.catalog);
    catalog = held.catalog;
    const running = place(customer, 'key-1');
    await held.asked(1);
    expect((await place(customer, 'key-1', [{ ...mug, quantity: 3 }])).status).toBe(422);
    held.release();
    expectPlaced(await running);
  });

  it('can be claimed again when its lease has ended; the first request then stores nothing', async () => {
    const customer = harness.newCustomer();
    const held = heldBack(shop.catalog);
    catalog = held.catalog;
    const slow = place(customer, 'key-1');
    await held.asked(1);
    harness.advance(21);
    catalog = shop.catalog;
    expect((await place(customer, 'key-1', [{ ...mug, quantity: 3 }])).status).toBe(422);
    const second = await place(customer, 'key-1');
    expectPlaced(second);
    held.release();
    expect((await slow).body).toMatchObject({ status: 409, code: 'conflict' });
    expectReplay(second, await place(customer, 'key-1'));
    expect(await harness.countOrders(customer)).toBe(1);
  });

  it('lets the first request store nothing while the second one still runs', async () => {
    const customer = harness.newCustomer();
    const [slow, taker] = [heldBack(shop.catalog), heldBack(shop.catalog)];
    catalog = slow.catalog;
    const first = place(customer, 'key-1');
    await slow.asked(1);
    harness.advance(21);
    catalog = taker.catalog;
    const second = place(customer, 'key-1');
    await taker.asked(1);
    slow.release();
    expect((await first).status).toBe(409);
    expect(await harness.countOrders(customer)).toBe(0);
    taker.release();
    expectPlaced(await second);
    expect(await harness.countOrders(customer)).toBe(1);
  });
});
