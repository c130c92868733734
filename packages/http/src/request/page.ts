import type { Request, Response } from 'express';
import * as z from 'zod';

/** Query parameters of a list. `cursor` is the `next_cursor` of the page before, parsed to the id in it. */
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
export interface Slice<Item> {
  readonly items: readonly Item[];
  readonly more: boolean;
}

/** Sends a page: `{ items, next_cursor }`, and a `Link` with `rel="next"` (RFC 8288) when there are more items. */
export function sendPage<Item extends { readonly id: string }>(req: Request, res: Response, slice: Slice<Item>): void;
/** Sends a page of items whose id has another name. */
export function sendPage<Item>(req: Request, res: Response, slice: Slice<Item>, idOf: (item: Item) => string): void;
export function sendPage(
  req: Request,
  res: Response,
  slice: Slice<{ readonly id: string }>,
  idOf = ({ id }: { readonly id: string }) => id,
): void {
  const last = slice.more ? slice.items.at(-1) : undefined;
  const next_cursor = last === undefined ? null : Buffer.from(idOf(last)).toString('base64url');
  if (next_cursor !== null) res.set('Link', `<${nextTarget(req, next_cursor)}>; rel="next"`);
  res.json({ items: slice.items, next_cursor });
}

function nextTarget(req: Request, cursor: string): string {
  // `req.path` has no host, also when the request target names one.
  const { path } = req;
  const query = req.originalUrl.split('?', 2)[1];
  const search = new URLSearchParams(query);
  search.set('cursor', cursor);
  return `${path}?${search}`;
}
