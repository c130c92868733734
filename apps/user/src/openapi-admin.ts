import type { RouteDoc } from '@auth/http';
import * as z from 'zod';
import { Changes, Id, ListQuery } from './accounts/admin-routes.ts';
import { OwnUser } from './openapi-account.ts';

const ManagedUser = OwnUser.extend({ disabled: z.boolean() }).meta({ id: 'ManagedUser' });
const UserPage = z.strictObject({ items: z.array(ManagedUser), next_cursor: z.string().nullable() });

/** Managing users. */
export const adminDocs: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/users',
    summary: 'List users, page by page',
    scope: 'user:admin',
    query: ListQuery,
    answer: { status: 200, description: 'A page.', schema: UserPage, headers: { Link: 'The next page, rel="next".' } },
  },
  {
    method: 'get',
    path: '/users/:id',
    summary: 'Read a user',
    scope: 'user:admin',
    params: Id,
    answer: { status: 200, description: 'The user.', schema: ManagedUser },
  },
  {
    method: 'patch',
    path: '/users/:id',
    summary: 'Change roles, disable or enable',
    scope: 'user:admin',
    params: Id,
    body: Changes,
    example: { roles: ['customer'], disabled: false },
    answer: { status: 200, description: 'The user. The sessions of a disabled user have ended.', schema: ManagedUser },
    problems: ['conflict'],
  },
];
