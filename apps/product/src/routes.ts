import { plainText } from '@auth/contracts';
import { defineRoutes, PageQuery, pageHeaders, pageOf, preconditions, requiredIfMatch } from '@auth/http';
import * as z from 'zod';

const description = z
  .string()
  .trim()
  .max(2000)
  .refine((text) => text.isWellFormed() && !/[^\P{Cc}\n\t]/u.test(text), 'must not hold control characters');
const fields = {
  name: plainText(200),
  description,
  price: z.int().min(0).max(100_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters (ISO 4217)'),
  stock: z.int().min(0).max(1_000_000),
};
const sku = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

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
const params = z.object({ id: z.uuid() });
const ETag = { ETag: 'The version, for If-Match and If-None-Match.' } as const;

/** The public routes of product. */
export const routes = defineRoutes({
  'GET /products': {
    who: { scope: 'product:read' },
    summary: 'List products, page by page',
    details: 'Inactive products are listed only for a token with the scope `product:write`.',
    query: z.object({ ...PageQuery, q: plainText(100).optional() }),
    answer: { status: 200, description: 'A page.', schema: pageOf(Product), headers: pageHeaders },
  },
  'GET /products/:id': {
    who: { scope: 'product:read' },
    summary: 'Read a product',
    details: 'An inactive product is found only with the scope `product:write`.',
    params,
    answer: {
      status: 200,
      description: 'The product.',
      schema: Product,
      headers: ETag,
      cacheControl: 'private, no-cache',
      revalidated: true,
    },
    problems: ['precondition_failed'],
  },
  'POST /products': {
    who: { scope: 'product:write' },
    summary: 'Add a product',
    body: z.strictObject({ sku, ...fields, description: description.default('') }),
    example,
    answer: {
      status: 201,
      description: 'The product.',
      schema: Product,
      headers: { ...ETag, Location: 'Where it is.' },
    },
    problems: ['conflict'],
  },
  'PATCH /products/:id': {
    who: { scope: 'product:write' },
    summary: 'Change a product',
    details:
      '`If-Match` as in RFC 9110 §13: `*`, lists, never weak tags. A request that would be refused without it (404, 422) is refused in the same way.',
    params,
    headers: requiredIfMatch,
    body: z.strictObject({ ...fields, active: z.boolean() }).partial(),
    example: { price: 1190, stock: 200 },
    answer: { status: 200, description: 'The product as it is now.', schema: Product, headers: ETag },
  },
  'DELETE /products/:id': {
    who: { scope: 'product:write' },
    summary: 'Remove a product',
    details: 'With or without `If-Match`.',
    params,
    headers: preconditions,
    answer: { status: 204, description: 'It is gone.' },
  },
});
