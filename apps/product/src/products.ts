import { ProductError } from './product-error.ts';

/** A product of the catalogue. `price` is in minor units of `currency` (ISO 4217). */
export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly price: number;
  readonly currency: string;
  readonly stock: number;
  readonly active: boolean;
  /** Incremented by every change. */
  readonly version: number;
}

export type NewProduct = Pick<Product, 'sku' | 'name' | 'description' | 'price' | 'currency' | 'stock'>;
export type ProductChanges = {
  readonly [Field in Exclude<keyof NewProduct, 'sku'> | 'active']?: Product[Field] | undefined;
};

/** The versions for which a change is allowed. Without `in` and `notIn`, every version. */
export interface ExpectedVersion {
  readonly in?: readonly number[];
  readonly notIn?: readonly number[];
}

export interface ProductQuery {
  /** Only products whose id is greater than this one. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Text to find in name, description or sku. */
  readonly text?: string | undefined;
  readonly activeOnly: boolean;
}

export interface ProductStore {
  /** Returns at most `limit` products, sorted by id. */
  list(query: ProductQuery): Promise<readonly Product[]>;
  find(id: string): Promise<Product | undefined>;
  findAll(ids: readonly string[]): Promise<readonly Product[]>;
  /** @throws ProductError `sku_taken` */
  create(product: NewProduct): Promise<Product>;
  /** Returns the changed product; `undefined` when no product has this id and version. */
  update(id: string, version: ExpectedVersion, changes: ProductChanges): Promise<Product | undefined>;
  /** Returns whether a product was removed: `false` when no product has this id and version. */
  remove(id: string, version: ExpectedVersion): Promise<boolean>;
}

export interface Products {
  list(query: ProductQuery): Promise<{ items: readonly Product[]; more: boolean }>;
  /** @throws ProductError `product_not_found`, also for an inactive product when `activeOnly` is set */
  get(id: string, only: Pick<ProductQuery, 'activeOnly'>): Promise<Product>;
  create(product: NewProduct): Promise<Product>;
  /** @throws ProductError `version_changed` when the product no longer has an expected version */
  update(id: string, version: ExpectedVersion, changes: ProductChanges): Promise<Product>;
  remove(id: string, version: ExpectedVersion): Promise<void>;
}

/** Creates the rules of the catalogue. */
export function createProducts({ store }: { store: ProductStore }): Products {
  async function get(id: string, { activeOnly }: Pick<ProductQuery, 'activeOnly'>): Promise<Product> {
    const product = await store.find(id);
    if (product === undefined || (activeOnly && !product.active)) throw new ProductError('product_not_found');
    return product;
  }

  /** Throws the reason why no row matched: the product does not exist, or its version has changed. */
  async function explainMiss(id: string): Promise<never> {
    await get(id, { activeOnly: false });
    throw new ProductError('version_changed');
  }

  return {
    async list(query) {
      const found = await store.list({ ...query, limit: query.limit + 1 });
      return { items: found.slice(0, query.limit), more: found.length > query.limit };
    },
    get,
    create: (product) => store.create(product),
    update: async (id, version, changes) => (await store.update(id, version, changes)) ?? explainMiss(id),
    async remove(id, version) {
      if (!(await store.remove(id, version))) await explainMiss(id);
    },
  };
}
