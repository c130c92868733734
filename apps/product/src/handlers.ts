import { assertIfMatch, page, type RouteHandlers, versionTag } from '@auth/http';
import { userOf } from '@auth/verify/express';
import type { Request } from 'express';
import type { Products } from './products.ts';
import type { routes } from './routes.ts';

/** Creates the handlers of the public routes. */
export function createHandlers({ products }: { products: Products }): RouteHandlers<typeof routes> {
  return {
    async 'GET /products'({ query: { cursor: after, limit, q: text } }, req) {
      return page(req, await products.list({ after, limit, text, activeOnly: seesActiveOnly(req) }));
    },
    async 'GET /products/:id'({ params: { id } }, req) {
      const product = await products.get(id, { activeOnly: seesActiveOnly(req) });
      assertIfMatch(req, product.version);
      return { body: product, headers: { ETag: versionTag(product.version) } };
    },
    async 'POST /products'({ body }) {
      const product = await products.create(body);
      return { body: product, headers: { ETag: versionTag(product.version), Location: `/products/${product.id}` } };
    },
    async 'PATCH /products/:id'({ params: { id }, headers: version, body: changes }) {
      const product = await products.update(id, version, changes);
      return { body: product, headers: { ETag: versionTag(product.version) } };
    },
    async 'DELETE /products/:id'({ params: { id }, headers: version }) {
      await products.remove(id, version);
    },
  };
}

/**
 * Whether the client sees active products only. Clients with `product:write` also see inactive ones, in lists and by
 * id.
 */
const seesActiveOnly = (req: Request): boolean => !userOf(req).scopes.has('product:write');
