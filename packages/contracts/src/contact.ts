import * as z from 'zod';
import { plainText } from './plain-text.ts';

/** A postal address; `country` is ISO 3166-1 alpha-2. */
export const Address = z.strictObject({
  line1: plainText(200),
  line2: plainText(200).optional(),
  city: plainText(100),
  postalCode: plainText(20),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166-1 alpha-2)'),
});
export type Address = z.output<typeof Address>;

/** An E.164 telephone number: `+4930123456`. */
export const Phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be an E.164 number such as +4930123456');

/** The contact data of a user, for other services; `phone` and `address` are null until the user gives them. */
export const Contact = z.object({
  name: z.string(),
  email: z.string(),
  phone: Phone.nullable(),
  address: Address.nullable(),
});
export type Contact = z.output<typeof Contact>;
