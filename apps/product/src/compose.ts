import type { ProductDb } from '@auth/db/product';
import type { AppParts, Composition } from '@auth/service';
import { buildApp } from './app.ts';
import { createProductStore } from './product-store.ts';
import { createProducts } from './products.ts';
import { createQuotes } from './quotes.ts';

/** The opened resources that the product app uses. */
export interface Resources {
  readonly db: ProductDb;
  readonly service: AppParts;
}

/** Composes the product app. It has no background work. */
export function compose({ db, service }: Resources): Composition {
  const store = createProductStore(db);
  return { app: buildApp({ ...service, products: createProducts({ store }), quotes: createQuotes({ store }) }) };
}
