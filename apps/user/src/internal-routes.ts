import { operations } from '@auth/contracts';
import { readBody, readParams, readQuery } from '@auth/http';
import type { ServiceRouterOptions } from '@auth/verify/express';
import { serviceRouter } from '@auth/verify/express';
import type { Router } from 'express';
import type { Accounts } from './accounts/accounts.ts';

type Guard = ServiceRouterOptions<typeof operations, 'user'>['guard'];

/** The operations that other services may call here. */
export function internalRoutes({ accounts, guard }: { accounts: Accounts; guard: Guard }): Router {
  return serviceRouter({
    service: 'user',
    operations,
    guard,
    read: { params: readParams, query: readQuery, body: readBody },
    handlers: {
      'user:contacts.read': ({ params }, { user }) => accounts.contactFor(params.id, user?.sub),
    },
  });
}
