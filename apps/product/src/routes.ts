import { plainText } from '@auth/contracts';
import {
  assertIfMatch,
  createRouter,
  hasIfMatch,
  PageQuery,
  Problem,
  readBody,
  readParams,
  readPreconditions,
  readQuery,
  sendPage,
  versionTag,
} from '@auth/http';
import type { AccessTokenVerifier } from '@auth/verify';
import { requireScope, requireUser, userOf } from '@auth/verify/express';
import type { Request, Router } from 'express';
import * as z from 'zod';
import type { Products } from './products.ts';

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
export const NewProduct = z.strictObject({ sku, ...fields, description: description.default('') });
export const Changes = z.strictObject({ ...fields, active: z.boolean() }).partial();
export const ListQuery = z.object({ ...PageQuery, q: plainText(100).optional() });
export const Id = z.object({ id: z.uuid() });

/** Creates the routes of the catalogue: reading needs `product:read`, changing needs `product:write`. */
export function productRoutes({ products, verify }: { products: Products; verify: AccessTokenVerifier }): Router {
  const router = createRouter();
  const reader = [requireUser(verify), requireScope('product:read')];
  const editor = [requireUser(verify), requireScope('product:write')];

  router.get('/products', ...reader, async (req, res) => {
    const { cursor: after, limit, q: text } = readQuery(req, ListQuery);
    sendPage(req, res, await products.list({ after, limit, text, activeOnly: seesActiveOnly(req) }));
  });

  router.get('/products/:id', ...reader, async (req, res) => {
    const product = await products.get(readParams(req, Id).id, { activeOnly: seesActiveOnly(req) });
    assertIfMatch(req, product.version);
    res.set({ ETag: versionTag(product.version), 'Cache-Control': 'private, no-cache' }).json(product);
  });

  router.post('/products', ...editor, async (req, res) => {
    const product = await products.create(readBody(req, NewProduct));
    res.status(201).location(`/products/${product.id}`).set('ETag', versionTag(product.version)).json(product);
  });

  router.patch('/products/:id', ...editor, async (req, res) => {
    const { id } = readParams(req, Id);
    // Preconditions are checked after everything else that could refuse the request (RFC 9110 §13.2.1).
    const changes = readBody(req, Changes);
    if (!hasIfMatch(req)) throw new Problem('precondition_required');
    const product = await products.update(id, readPreconditions(req), changes);
    res.set('ETag', versionTag(product.version)).json(product);
  });

  router.delete('/products/:id', ...editor, async (req, res) => {
    await products.remove(readParams(req, Id).id, readPreconditions(req));
    res.status(204).end();
  });

  return router;
}

/**
 * Whether the client sees active products only. Clients with `product:write` also see inactive ones, in lists and by
 * id.
 */
const seesActiveOnly = (req: Request): boolean => !userOf(req).scopes.has('product:write');
