import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { openOrderDb } from '@auth/db/order';
import { ada, demoProducts, readSettings, type Stack, startStack } from '@auth/dev';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from './journey-client.ts';
import { createOrderLoad } from './order-load.ts';
import { freePortBase } from './port-base.ts';
import { openStackDatabases } from './stack-databases.ts';

/**
 * Kills the real order process under load, again and again. A few times in each test run; for the long version:
 *
 *     KILL_ROUNDS=50 npx -y pnpm test:slow kill
 */
const rounds = Number(env['KILL_ROUNDS'] || '5');
const items = demoProducts.slice(0, 5).map(({ id }, index) => ({ productId: id, quantity: index + 1 }));
const total = demoProducts.slice(0, 5).reduce((sum, { price }, index) => sum + price * (index + 1), 0);

let dataDir: string;
let databases: Awaited<ReturnType<typeof openStackDatabases>>;
let stack: Stack;
let accessToken: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'auth-kill-'));
  databases = await openStackDatabases();
  const portBase = String(await freePortBase());
  const settings = readSettings({ ...env, ...databases.env, PORT_BASE: portBase, DATA_DIR: dataDir });
  stack = await startStack({ settings, watch: false, seed: true, say: () => undefined });
  const { email, password } = ada;
  const login = await createClient().json<{ access_token: string }>('POST', `${stack.urls.user}/auth/login`, {
    email,
    password,
  });
  accessToken = login.access_token;
}, 60_000);

afterAll(async () => {
  await stack?.close();
  await databases?.drop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Returns every stored order, and the answer of every key. */
async function readOrders() {
  const db = openOrderDb({ url: stack.databaseUrls.order });
  const orders = await db.client.order.findMany({ include: { items: { orderBy: { position: 'asc' } } } });
  const keys = await db.client.idempotencyKey.findMany();
  await db.close();
  return { orders, keys };
}

const idsOf = (orders: readonly { id: string }[]): string[] => orders.map(({ id }) => id).sort();

describe(`the order app, killed ${rounds} times while it places orders`, () => {
  it(
    'has one whole order for each key afterwards',
    async () => {
      const url = `${stack.urls.order}/orders`;
      const load = createOrderLoad({ url, accessToken, items, concurrency: 8 });
      for (let round = 0; round < rounds; round += 1) {
        // Another moment in each round: after 1 answer, after 4, after 7 …
        await load.orderUntil(1 + ((round * 3) % 20), () => stack.kill('order', 'SIGKILL'));
        await stack.stop('order');
        await stack.start('order');
      }
      const answered = [...load.keys].filter(([, id]) => id !== undefined);
      const cut = load.keys.size - answered.length;
      const before = await readOrders();

      const repeated = await Promise.all(
        [...load.keys.keys()].map(async (key) => [key, await load.repeat(key)] as const),
      );

      const { orders, keys } = await readOrders();
      const ids = new Map(repeated.map(([key, { id }]) => [key, id]));
      // The process was killed under load: each time, some requests got no answer.
      expect(cut).toBeGreaterThanOrEqual(rounds);
      // A repeated key gets its first answer, and a key without an answer gets the stored order.
      for (const [key, id] of answered) expect(ids.get(key)).toBe(id);
      const replayed = repeated.filter(([, placed]) => placed.replayed).map(([, placed]) => placed);
      expect(idsOf(replayed)).toEqual(idsOf(before.orders));
      // One order for each key, and no other order.
      expect(new Set(ids.values()).size).toBe(load.keys.size);
      expect(idsOf(orders)).toEqual([...ids.values()].sort());
      expect(keys.length).toBe(load.keys.size);
      // No order is incomplete.
      for (const order of orders) {
        expect(order).toMatchObject({ userId: ada.id, status: 'placed', total: BigInt(total) });
        expect(order.items.map(({ productId, quantity }) => ({ productId, quantity }))).toEqual(items);
      }
    },
    // A start of the process for each round, and a lease of 20 seconds to wait for at the end.
    60_000 + rounds * 10_000,
  );
});
