import * as z from 'zod';

/** The items of a quote or an order: 1 to 50 different products. */
export const WantedItems = z
  .array(z.strictObject({ productId: z.uuid().toLowerCase(), quantity: z.int().min(1).max(1000) }))
  .min(1)
  .max(50)
  .refine(
    (items) => new Set(items.map(({ productId }) => productId)).size === items.length,
    'must name each product once',
  );
export type WantedItems = z.output<typeof WantedItems>;

/** Prices (integer minor units) and names as of now, and the rejected items. Stock is checked, not reserved. */
export const Quote = z.object({
  items: z.array(
    z.object({
      productId: z.uuid(),
      name: z.string(),
      quantity: z.int(),
      unitPrice: z.int().nonnegative(),
      currency: z.string().regex(/^[A-Z]{3}$/),
    }),
  ),
  rejected: z.array(z.object({ productId: z.uuid(), reason: z.enum(['unknown', 'inactive', 'out_of_stock']) })),
});
export type Quote = z.output<typeof Quote>;
