import { isUniqueViolation } from '@auth/db/errors';
import type { Prisma, ProductDb } from '@auth/db/product';
import { ProductError } from './product-error.ts';
import type { ExpectedVersion, ProductQuery, ProductStore } from './products.ts';

const select = {
  id: true,
  sku: true,
  name: true,
  description: true,
  price: true,
  currency: true,
  stock: true,
  active: true,
  version: true,
} as const;

/** Creates the store of products in the product database. Ids are UUIDv7, so sorting by id sorts by creation time. */
export function createProductStore({ client }: Pick<ProductDb, 'client'>): ProductStore {
  return {
    list: (query) =>
      client.product.findMany({ where: matching(query), orderBy: { id: 'asc' }, take: query.limit, select }),
    find: async (id) => (await client.product.findUnique({ where: { id }, select })) ?? undefined,
    findAll: (ids) => client.product.findMany({ where: { id: { in: [...ids] } }, select }),
    async create(product) {
      try {
        return await client.product.create({ data: product, select });
      } catch (error) {
        if (isUniqueViolation(error)) throw new ProductError('sku_taken');
        throw error;
      }
    },
    async update(id, version, changes) {
      // One statement, so that only one of two concurrent writers with the same version succeeds.
      const [product] = await client.product.updateManyAndReturn({
        where: { id, ...versioned(version) },
        data: { ...withoutUndefined(changes), version: { increment: 1 } },
        select,
      });
      return product;
    },
    async remove(id, version) {
      const { count } = await client.product.deleteMany({ where: { id, ...versioned(version) } });
      return count === 1;
    },
  };
}

function matching({ after, text, activeOnly }: ProductQuery): Prisma.ProductWhereInput {
  const contains = text === undefined ? undefined : ({ contains: escapeLike(text), mode: 'insensitive' } as const);
  return {
    ...(after === undefined ? {} : { id: { gt: after } }),
    ...(activeOnly ? { active: true } : {}),
    ...(contains === undefined ? {} : { OR: [{ name: contains }, { description: contains }, { sku: contains }] }),
  };
}

/** Escapes the special characters of ILIKE: Prisma passes the text to ILIKE unescaped. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

function versioned({ in: included, notIn: excluded }: ExpectedVersion): Prisma.ProductWhereInput {
  return { version: { ...(included && { in: [...included] }), ...(excluded && { notIn: [...excluded] }) } };
}

/** Removes members that are `undefined`: Prisma needs them absent. */
function withoutUndefined<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
