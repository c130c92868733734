import { randomUUID } from 'node:crypto';
import { type OrderDb, openOrderDb, Prisma } from '@auth/db/order';
import { openTestDatabase } from '@auth/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createIdempotencyStore } from '../src/idempotency-store.ts';
import { openKeyCleanup, removeOldKeys } from '../src/key-cleanup.ts';

const keepSeconds = 86_400;
/** The time of the database, which counts when it is behind. */
const now = () => Date.now() / 1000;

let test: Awaited<ReturnType<typeof openTestDatabase>>;
let db: OrderDb;
beforeAll(async () => {
  test = await openTestDatabase('order');
  db = openOrderDb({ url: test.url });
});
beforeEach(() => db.client.idempotencyKey.deleteMany());
afterAll(async () => {
  await db.close();
  await test.drop();
});

/** Stores keys that were claimed some seconds ago. */
const addKeys = (count: number, secondsAgo: number) => {
  const at = new Date((now() - secondsAgo) * 1000);
  const row = { requestHash: new Uint8Array([1]), claimedUntil: at, createdAt: at, answer: Prisma.DbNull };
  const data = Array.from({ length: count }, () => ({
    userId: randomUUID(),
    key: randomUUID(),
    claim: randomUUID(),
    ...row,
  }));
  return db.client.idempotencyKey.createMany({ data });
};

describe('removeOldKeys', () => {
  it('removes every key that is past its retention, in batches, and no other', async () => {
    await addKeys(2500, keepSeconds + 1);
    await addKeys(3, keepSeconds - 1);
    const batches: number[] = [];
    await removeOldKeys({ store: createIdempotencyStore(db), keepSeconds, now, onRemoved: (n) => batches.push(n) });
    expect(batches).toEqual([1000, 1000, 500]);
    expect(await db.client.idempotencyKey.count()).toBe(3);
  });

  it('removes no key too early when the clock of this process is ahead', async () => {
    await addKeys(2, keepSeconds - 60);
    const ahead = () => now() + 3 * keepSeconds;
    await removeOldKeys({ store: createIdempotencyStore(db), keepSeconds, now: ahead, onRemoved: () => undefined });
    expect(await db.client.idempotencyKey.count()).toBe(2);
  });

  it('skips a key that another transaction has locked', async () => {
    await addKeys(2, keepSeconds + 1);
    const store = createIdempotencyStore(db);
    await db.client.$transaction(async (tx) => {
      await tx.$queryRaw`select key from idempotency_keys limit 1 for update`;
      expect(await store.removeKeys({ at: new Date(now() * 1000), keepSeconds }, 10)).toBe(1);
    });
    expect(await store.removeKeys({ at: new Date(now() * 1000), keepSeconds }, 10)).toBe(1);
  });
});

describe('openKeyCleanup', () => {
  it('continues after a failure, which it reports once', async () => {
    const errors: unknown[] = [];
    let failures = 0;
    const removed = new Promise<number>((resolve) => {
      const cleanup = openKeyCleanup({
        store: {
          async removeKeys() {
            failures += 1;
            if (failures < 4) throw new Error('the database is away');
            return 7;
          },
        },
        keepSeconds,
        now,
        everyMs: 1,
        onError: (error: unknown) => errors.push(error),
        onRemoved: (keys) => void cleanup.close().then(() => resolve(keys)),
      });
    });
    expect(await removed).toBe(7);
    expect(errors).toHaveLength(1);
  });
});
