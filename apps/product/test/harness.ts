import { randomBytes } from 'node:crypto';
import { openProductDb, type Prisma, type ProductDb } from '@auth/db/product';
import type { Metrics } from '@auth/http';
import { openTestService, type ServedApp, type TestService } from '@auth/testkit/test-service';
import { compose } from '../src/compose.ts';
import type { Product } from '../src/products.ts';
import { routes } from '../src/routes.ts';

/** The product app with its own database, keys and clock. */
export interface Harness
  extends ServedApp,
    Pick<TestService<'product', ProductDb>, 'db' | 'issuer' | 'calls' | 'decisions'> {
  readonly now: () => number;
  /** Returns the Authorization header of a new user with these scopes. */
  bearer(scope: string): string;
  addProduct(data?: Partial<Prisma.ProductCreateInput>): Promise<Product>;
  readonly metrics: Metrics;
}

/** Opens the app on a new database, or on the one at `url`. */
export async function openHarness(url?: string): Promise<Harness> {
  const now = () => 1_800_000_000;
  const test = await openTestService({ name: 'product', openDb: openProductDb, url, now });
  const { db, issuer, parts } = test;
  const served = await test.serve(compose({ db, service: parts }).app, routes);
  return {
    ...test,
    ...served,
    now,
    metrics: parts.metrics,
    bearer: (scope) => `Bearer ${issuer.token({ scope })}`,
    async addProduct(data = {}) {
      const standard = { sku: newSku(), name: 'Mug', price: 1250, currency: 'EUR', stock: 10 };
      const omit = { createdAt: true } as const;
      return db.client.product.create({ data: { ...standard, ...data }, omit });
    },
  };
}

/** Returns a sku that no other product has. */
export function newSku(): string {
  return `SKU-${randomBytes(6).toString('hex')}`;
}
