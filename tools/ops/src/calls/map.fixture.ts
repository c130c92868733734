import type { OperationSpec } from '@auth/contracts';
import * as z from 'zod';
import type { CallMap } from './call-map.ts';

const schemas = { request: {}, response: z.object({}) };

/** A map with one of each: two callers, a user with scopes, a shut door, a service that calls nobody. */
export const shopMap: CallMap = {
  services: ['user', 'product', 'order'],
  operations: {
    'user:contacts.read': {
      method: 'GET',
      path: '/internal/users/:id/contact',
      callers: ['product', 'order'],
      user: 'required',
      userScopes: ['account', 'order:read'],
      ...schemas,
    },
    'product:quotes.create': {
      method: 'POST',
      path: '/internal/quotes',
      callers: ['order'],
      user: 'none',
      ...schemas,
    },
    'order:orders.read': { method: 'GET', path: '/internal/orders/:id', callers: [], user: 'none', ...schemas },
  } satisfies Record<string, OperationSpec>,
};
