import { Order as OrderView } from '@auth/contracts';
import type { OrderDb } from '@auth/db/order';
import { Prisma } from '@auth/db/order';
import type { IdempotencyStore } from './idempotency.ts';

/** Idempotency keys in the order database. Their answers are written by the order store, together with the order. */
export function createIdempotencyStore({ client }: Pick<OrderDb, 'client'>): IdempotencyStore {
  return {
    async claimKey({ userId, key, claim, requestHash, at, until, forgottenBefore }) {
      const lease = { claim, requestHash, claimedUntil: until, createdAt: at, answer: Prisma.DbNull };
      const { count } = await client.idempotencyKey.createMany({
        data: [{ userId, key, ...lease }],
        skipDuplicates: true,
      });
      if (count === 1) return true;
      const taken = await client.idempotencyKey.updateMany({
        where: {
          userId,
          key,
          OR: [
            { createdAt: { lt: forgottenBefore } },
            { answer: { equals: Prisma.DbNull }, claimedUntil: { lt: at }, requestHash },
          ],
        },
        data: lease,
      });
      return taken.count === 1;
    },
    async findKey({ userId, key }) {
      const row = await client.idempotencyKey.findUnique({ where: { userId_key: { userId, key } } });
      if (row === null) return undefined;
      return { requestHash: row.requestHash, answer: row.answer === null ? undefined : answered(userId, row.answer) };
    },
    async releaseKey({ userId, key, claim }) {
      await client.idempotencyKey.deleteMany({ where: { userId, key, claim, answer: { equals: Prisma.DbNull } } });
    },
  };
}

function answered(userId: string, answer: Prisma.JsonValue) {
  const { contact, createdAt, ...order } = OrderView.parse(answer);
  return { ...order, userId, contact: contact ?? undefined, createdAt: new Date(createdAt) };
}
