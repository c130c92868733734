import { Address, Phone, plainText } from '@auth/contracts';
import { dateTime, defineRoutes } from '@auth/http';
import * as z from 'zod';
import { passwordProblem, passwordRule } from '../passwords/password-rules.ts';

/** An account as its owner sees it. */
export const OwnUser = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    roles: z.array(z.string()),
    createdAt: dateTime,
  })
  .meta({ id: 'User' });
const Contact = z.strictObject({ phone: Phone, address: Address }).meta({ id: 'Contact' });
// The handler also compares the password with the e-mail of the account.
const NewPassword = z
  .string()
  .superRefine((password, context) => {
    const message = passwordProblem(password, '');
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ description: passwordRule });
const who = { scope: 'account' } as const;
const user = { status: 200, description: 'The user.', schema: OwnUser } as const;
const contact = { status: 200, description: 'The contact.', schema: Contact } as const;

/** The routes of the user's own account. */
export const accountRoutes = defineRoutes({
  'GET /users/me': { who, summary: 'Read your account', answer: user, problems: ['not_found'] },
  'PATCH /users/me': {
    who,
    summary: 'Change your name',
    body: z.strictObject({ name: plainText(100).optional() }),
    example: { name: 'Ada King' },
    answer: user,
    problems: ['not_found'],
  },
  'PUT /users/me/password': {
    who,
    summary: 'Change your password',
    details: '409 when another request changed the password meanwhile.',
    body: z.strictObject({ current: z.string(), next: NewPassword }),
    answer: { status: 204, description: 'The password is changed, and your other sessions have ended.' },
    problems: ['invalid_credentials', 'not_found', 'conflict', 'rate_limited'],
  },
  'GET /users/me/contact': { who, summary: 'Read your contact', answer: contact, problems: ['not_found'] },
  'PUT /users/me/contact': {
    who,
    summary: 'Set your contact',
    body: Contact,
    example: {
      phone: '+442079460018',
      address: { line1: "12 St James's Square", city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
    },
    answer: contact,
    problems: ['not_found'],
  },
});
