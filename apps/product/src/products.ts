import { ProductError } from './product-error.ts';

/** Something for sale. `price` is in minor units of `currency` (ISO 4217). */
export interface Product {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly price: number;
  readonly currency: string;
  readonly stock: number;
  readonly active: boolean;
  /** Counts changes. */
  readonly version: number;
}

export type NewProduct = Pick<Product, 'sku' | 'name' | 'description' | 'price' | 'currency' | 'stock'>;
export type ProductChanges = {
  readonly [Field in Exclude<keyof NewProduct, 'sku'> | 'active']?: Product[Field] | undefined;
};

/** The versions a change is meant for; those without a condition are all. */
export interface ExpectedVersion {
  readonly in?: readonly number[];
  readonly notIn?: readonly number[];
}

export interface ProductQuery {
  /** Only products behind this id. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Text to find in name, description or sku. */
  readonly text?: string | undefined;
  readonly activeOnly: boolean;
}

export interface ProductStore {
  /** At most `limit` products, by id. */
  list(query: ProductQuery): Promise<readonly Product[]>;
  find(id: string): Promise<Product | undefined>;
  findAll(ids: readonly string[]): Promise<readonly Product[]>;
  /** @throws ProductError `sku_taken` */
  create(product: NewProduct): Promise<Product>;
  /** `undefined` when no product has this id and version. */
  update(id: string, version: ExpectedVersion, changes: ProductChanges): Promise<Product | undefined>;
  /** False when no product has this id and version. */
  remove(id: string, version: ExpectedVersion): Promise<boolean>;
}

export interface Products {
  list(query: ProductQuery): Promise<{ items: readonly Product[]; more: boolean }>;
  /** @throws ProductError `product_not_found`, also for one that is not active when only active ones are asked for */
  get(id: string, only: Pick<ProductQuery, 'activeOnly'>): Promise<Product>;
  create(product: NewProduct): Promise<Product>;
  /** @throws ProductError `version_changed` when somebody else was first */
  update(id: string, version: ExpectedVersion, changes: ProductChanges): Promise<Product>;
  remove(id: string, version: ExpectedVersion): Promise<void>;
}

/** The rules of the catalogue. */
export function createProducts({ store }: { store: ProductStore }): Products {
  async function get(id: string, { activeOnly }: Pick<ProductQuery, 'activeOnly'>): Promise<Product> {
    const product = await store.find(id);
    if (product === undefined || (activeOnly && !product.active)) throw new ProductError('product_not_found');
    return product;
  }

  /** Nothing matched: is it gone, or has it changed? */
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
