import type { RouteDoc } from '@auth/http';
import { createOpenApi } from '@auth/http';
import * as z from 'zod';
import { Changes, Id, ListQuery, NewProduct } from './routes.ts';

const example = {
  sku: 'NOTEBOOK-A5',
  name: 'Notebook A5',
  description: 'Dotted paper, 160 pages, opens flat.',
  price: 1290,
  currency: 'EUR',
  stock: 240,
};

const Product = z
  .strictObject({
    id: z.uuid(),
    sku: z.string(),
    name: z.string(),
    description: z.string(),
    price: z.int().meta({ description: 'Minor units of the currency.' }),
    currency: z.string(),
    stock: z.int(),
    active: z.boolean(),
    version: z.int(),
  })
  .meta({
    id: 'Product',
    example: { id: '019b0000-0000-7000-8000-000000000001', ...example, active: true, version: 1 },
  });
const ProductPage = z.strictObject({ items: z.array(Product), next_cursor: z.string().nullable() });
const ETag = { ETag: 'The version, for If-Match and If-None-Match.' };
const IfMatch = z.object({
  'If-Match': z.string().meta({ description: 'The ETag of the version to change, several of them, or *.' }),
});

/** Every public route of this service. */
export const routeDocs: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/products',
    summary: 'List products, page by page',
    scope: 'product:read',
    query: ListQuery,
    answer: {
      status: 200,
      description: 'A page.',
      schema: ProductPage,
      headers: { Link: 'The next page, rel="next", where there is one.' },
    },
  },
  {
    method: 'get',
    path: '/products/:id',
    summary: 'Read a product',
    scope: 'product:read',
    params: Id,
    answer: { status: 200, description: 'The product.', schema: Product, headers: ETag, revalidated: true },
    problems: ['precondition_failed'],
  },
  {
    method: 'post',
    path: '/products',
    summary: 'Add a product',
    scope: 'product:write',
    body: NewProduct,
    example,
    answer: {
      status: 201,
      description: 'The product.',
      schema: Product,
      headers: { ...ETag, Location: 'Where it is.' },
    },
    problems: ['conflict'],
  },
  {
    method: 'patch',
    path: '/products/:id',
    summary: 'Change a product',
    scope: 'product:write',
    params: Id,
    headers: IfMatch,
    body: Changes,
    example: { price: 1190, stock: 200 },
    answer: { status: 200, description: 'The product as it is now.', schema: Product, headers: ETag },
    problems: ['precondition_failed', 'precondition_required'],
  },
  {
    method: 'delete',
    path: '/products/:id',
    summary: 'Remove a product',
    scope: 'product:write',
    params: Id,
    headers: IfMatch.partial(),
    answer: { status: 204, description: 'It is gone.' },
    problems: ['precondition_failed'],
  },
];

/** The API document of this service. */
export const openApi = createOpenApi({
  title: 'product',
  description: 'The catalogue. Prices are integer minor units plus an ISO 4217 code.',
  routes: routeDocs,
});
