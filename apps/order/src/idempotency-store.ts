import { Order as OrderView } from '@auth/contracts';
import { type OrderDb, Prisma } from '@auth/db/order';
import type { IdempotencyStore } from './idempotency.ts';
import type { KeyCleanupStore } from './key-cleanup.ts';

/**
 * Creates the store of idempotency keys in the order database. The order store writes the answer of a key, in the
 * transaction of its order.
 */
export function createIdempotencyStore({ client }: Pick<OrderDb, 'client'>): IdempotencyStore & KeyCleanupStore {
  return {
    async claimKey({ userId, key, claimId, requestHash, at, until, expiredBefore, keysPerUser }) {
      const lease = { claim: claimId, requestHash, claimedUntil: until, createdAt: at, answer: Prisma.DbNull };
      const count = await client.$executeRaw`
        INSERT INTO public.idempotency_keys (user_id, key, request_hash, claim, claimed_until, created_at)
        SELECT ${userId}::uuid, ${key}, ${requestHash}::bytea, ${claimId}::uuid, ${until}::timestamptz, ${at}::timestamptz
        WHERE (SELECT count(*) FROM (${keptOf(userId, expiredBefore, keysPerUser)}) AS kept) < ${keysPerUser}
        ON CONFLICT DO NOTHING`;
      if (count === 1) return true;
      const taken = await client.idempotencyKey.updateMany({
        where: {
          userId,
          key,
          OR: [
            { createdAt: { lt: expiredBefore } },
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
      return { requestHash: row.requestHash, answer: row.answer === null ? undefined : toOrder(userId, row.answer) };
    },
    async hasReachedLimit({ userId, expiredBefore, keysPerUser }) {
      const kept = await client.$queryRaw<unknown[]>(keptOf(userId, expiredBefore, keysPerUser));
      return kept.length >= keysPerUser;
    },
    removeKeys: ({ at, keepSeconds }, limit) => client.$executeRaw`
      DELETE FROM public.idempotency_keys WHERE (user_id, key) IN (
        SELECT user_id, key FROM public.idempotency_keys
        WHERE created_at < least(${at}::timestamptz, clock_timestamp()) - make_interval(secs => ${keepSeconds})
        ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )`,
    async releaseKey({ userId, key, claimId }) {
      await client.idempotencyKey.deleteMany({
        where: { userId, key, claim: claimId, answer: { equals: Prisma.DbNull } },
      });
    },
  };
}

/** Selects the unexpired keys of a user. Stops at the limit, since the exact number is not needed. */
const keptOf = (userId: string, expiredBefore: Date, limit: number): Prisma.Sql => Prisma.sql`
  SELECT 1 AS kept FROM public.idempotency_keys
  WHERE user_id = ${userId}::uuid AND created_at >= ${expiredBefore}::timestamptz LIMIT ${limit}`;

function toOrder(userId: string, answer: Prisma.JsonValue) {
  const { contact, createdAt, ...order } = OrderView.parse(answer);
  return { ...order, userId, contact: contact ?? undefined, createdAt: new Date(createdAt) };
}
