import { openTestDatabase } from '../src/jest/testing.ts';

/** Databases for a stack on the Postgres of the test run: quicker than a cluster of its own. */
export async function openStackDatabases(): Promise<{ env: Record<string, string>; drop(): Promise<void> }> {
  const [user, product, order] = await Promise.all([
    openTestDatabase('user'),
    openTestDatabase('product'),
    openTestDatabase('order'),
  ]);
  return {
    env: { DATABASE_URL_USER: user.url, DATABASE_URL_PRODUCT: product.url, DATABASE_URL_ORDER: order.url },
    drop: async () => {
      await Promise.all([user, product, order].map((database) => database.drop()));
    },
  };
}
