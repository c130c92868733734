import { allRoles } from '@auth/contracts/grants';
import { defineRoutes, PageQuery, pageHeaders, pageOf } from '@auth/http';
import * as z from 'zod';
import { OwnUser } from './account-routes.ts';

const who = { scope: 'user:admin' } as const;
const ManagedUser = OwnUser.extend({ disabled: z.boolean() }).meta({ id: 'ManagedUser' });
// In lower case like stored ids, since a text comparison finds whether the account is the admin's own.
const params = z.object({ id: z.uuid().toLowerCase() });
const roles = z
  .array(z.enum(allRoles))
  .min(1)
  .refine((names) => new Set(names).size === names.length, 'must name each role once');

/** The routes by which admins manage users. */
export const adminRoutes = defineRoutes({
  'GET /users': {
    who,
    summary: 'List users, page by page',
    query: z.object(PageQuery),
    answer: { status: 200, description: 'A page.', schema: pageOf(ManagedUser), headers: pageHeaders },
  },
  'GET /users/:id': {
    who,
    summary: 'Read a user',
    params,
    answer: { status: 200, description: 'The user.', schema: ManagedUser },
  },
  'PATCH /users/:id': {
    who,
    summary: 'Change roles, disable or enable',
    details: "New tokens have the changed rights. 409 for the admin's own rights and for those of the last admin.",
    params,
    body: z.strictObject({ roles: roles.optional(), disabled: z.boolean().optional() }),
    example: { roles: ['customer'], disabled: false },
    answer: { status: 200, description: 'The user. The sessions of a disabled user have ended.', schema: ManagedUser },
    problems: ['conflict'],
  },
});
