import { Contact } from '@auth/contracts';
import { type OrderDb, Prisma } from '@auth/db/order';
import type { Order } from './order.ts';
import { OrderError } from './order-error.ts';
import { viewOf } from './order-view.ts';
import type { OrderStore } from './orders.ts';

const include = { items: { orderBy: { position: 'asc' } } } as const;
type Row = Prisma.OrderGetPayload<{ include: typeof include }>;

/** Creates the store of orders in the order database. An order and its items are written in one transaction. */
export function createOrderStore({ client }: Pick<OrderDb, 'client'>): OrderStore {
  return {
    create: (order, claim) =>
      client.$transaction(async (tx) => {
        const { items, total, contact, ...rest } = order;
        const row = await tx.order.create({
          data: {
            ...rest,
            status: 'placed',
            total: BigInt(total),
            ...(contact === undefined ? {} : { contact }),
            items: { create: items.map((item, position) => ({ ...item, position })) },
          },
          include,
        });
        const placed = toOrder(row);
        if (claim !== undefined) {
          // This statement checks and uses up the claim. When the claim was lost, the transaction is rolled back: no
          // order is stored.
          const { userId, key, claimId } = claim;
          const where = { userId, key, claim: claimId };
          const { count } = await tx.idempotencyKey.updateMany({ where, data: { answer: viewOf(placed) } });
          if (count !== 1) throw new OrderError('key_in_use');
        }
        return placed;
      }),
    async find(id) {
      const row = await client.order.findUnique({ where: { id }, include });
      return row === null ? undefined : toOrder(row);
    },
    async list({ userId, before, limit }) {
      const where = {
        ...(userId === undefined ? {} : { userId }),
        ...(before === undefined ? {} : { id: { lt: before } }),
      };
      const rows = await client.order.findMany({ where, include, orderBy: { id: 'desc' }, take: limit });
      return rows.map(toOrder);
    },
    // One transaction: when the order cannot be read back, the cancellation is rolled back.
    cancel: (id, userId) =>
      client.$transaction(async (tx) => {
        const where = { id, userId, status: 'placed' };
        const { count } = await tx.order.updateMany({ where, data: { status: 'cancelled' } });
        return count === 0 ? undefined : toOrder(await tx.order.findUniqueOrThrow({ where: { id }, include }));
      }),
    async attachContact(userId, contact) {
      await client.order.updateMany({ where: { userId, contact: { equals: Prisma.DbNull } }, data: { contact } });
    },
  };
}

function toOrder({ status, items, total, contact, ...row }: Row): Order {
  return {
    ...row,
    // A CHECK constraint allows only these two values.
    status: status === 'cancelled' ? 'cancelled' : 'placed',
    items: items.map(({ productId, name, quantity, unitPrice }) => ({ productId, name, quantity, unitPrice })),
    total: Number(total),
    contact: contact === null ? undefined : Contact.parse(contact),
  };
}
