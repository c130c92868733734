import type { RouteDoc } from '@auth/http';
import * as z from 'zod';
import { ContactDetails, Profile, passwordChange } from './accounts/account-routes.ts';

/** A user as they see themselves. */
export const OwnUser = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    roles: z.array(z.string()),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'User' });
const Contact = ContactDetails.meta({ id: 'Contact' });

/** A user's own account. */
export const accountDocs: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/users/me',
    summary: 'Read your account',
    scope: 'account',
    answer: { status: 200, description: 'The user.', schema: OwnUser },
    problems: ['not_found'],
  },
  {
    method: 'patch',
    path: '/users/me',
    summary: 'Change your name',
    scope: 'account',
    body: Profile,
    example: { name: 'Ada King' },
    answer: { status: 200, description: 'The user.', schema: OwnUser },
    problems: ['not_found'],
  },
  {
    method: 'put',
    path: '/users/me/password',
    summary: 'Change your password',
    scope: 'account',
    body: passwordChange(''),
    answer: { status: 204, description: 'It is changed, and your other sessions have ended.' },
    problems: ['invalid_credentials', 'not_found', 'conflict', 'rate_limited'],
  },
  {
    method: 'get',
    path: '/users/me/contact',
    summary: 'Read your contact',
    scope: 'account',
    answer: { status: 200, description: 'The contact.', schema: Contact },
    problems: ['not_found'],
  },
  {
    method: 'put',
    path: '/users/me/contact',
    summary: 'Give your contact',
    scope: 'account',
    body: ContactDetails,
    example: {
      phone: '+442079460018',
      address: { line1: "12 St James's Square", city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
    },
    answer: { status: 200, description: 'The contact.', schema: Contact },
    problems: ['not_found'],
  },
];
