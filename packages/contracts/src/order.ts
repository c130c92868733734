import * as z from 'zod';
import { Contact } from './contact.ts';

/** An order, as all answers show it. Money is integer minor units; `contact` is null until attached. */
export const Order = z.object({
  id: z.uuid(),
  status: z.enum(['placed', 'cancelled']),
  items: z.array(
    z.object({ productId: z.uuid(), name: z.string(), quantity: z.int(), unitPrice: z.int().nonnegative() }),
  ),
  total: z.int().nonnegative(),
  currency: z.string(),
  contact: Contact.nullable(),
  createdAt: z.iso.datetime(),
});
export type Order = z.output<typeof Order>;
