import type { Request } from 'express';
import * as z from 'zod';

/** Query parameters of a list. `cursor` is the `next_cursor` of the previous page, parsed to the id that it contains. */
export const PageQuery = {
  cursor: z
    .string()
    .max(100)
    .transform((text) => Buffer.from(text, 'base64url').toString())
    .pipe(z.uuid('is not a cursor of this list'))
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20),
};

/** Part of a list, in the order of its ids, and whether there is more. */
interface Slice<Item> {
  readonly items: readonly Item[];
  readonly more: boolean;
}

/** The answer of a list route. */
interface Page<Item> {
  readonly body: { readonly items: readonly Item[]; readonly next_cursor: string | null };
  readonly headers: { readonly Link?: string };
}

/** The schema of a page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** The headers of a page, with their meaning. */
export const pageHeaders = { Link: 'The next page, rel="next", where there is one.' } as const;

/** Creates the answer of a list route: a `Link` with `rel="next"` (RFC 8288) when there are more items. */
export function page<Item extends { readonly id: string }>(req: Request, slice: Slice<Item>): Page<Item>;
/** Creates the answer from items whose id has another name. */
export function page<Item>(req: Request, slice: Slice<Item>, idOf: (item: Item) => string): Page<Item>;
export function page(
  req: Request,
  { items, more }: Slice<{ readonly id: string }>,
  idOf = ({ id }: { readonly id: string }) => id,
): Page<unknown> {
  const last = more ? items.at(-1) : undefined;
  if (last === undefined) return { body: { items, next_cursor: null }, headers: {} };
  const next_cursor = Buffer.from(idOf(last)).toString('base64url');
  return { body: { items, next_cursor }, headers: { Link: `<${nextTarget(req, next_cursor)}>; rel="next"` } };
}

function nextTarget(req: Request, cursor: string): string {
  // `req.path` has no host, also when the request target names one.
  const { path } = req;
  const query = req.originalUrl.split('?', 2)[1];
  const search = new URLSearchParams(query);
  search.set('cursor', cursor);
  return `${path}?${search}`;
}
