/**
 * The contracts as they are once `template` is a service. This file alone is not copied by `pnpm new service`: it writes
 * the entry below into operations.ts, and imports of this file become imports of @auth/contracts.
 */
import { operations as present } from '@auth/contracts';
import * as z from 'zod';

const readThing = {
  // begin entry
  method: 'GET',
  path: '/internal/things/:id',
  callers: [],
  user: 'none',
  request: { params: z.strictObject({ id: z.uuid() }) },
  response: z.object({ id: z.uuid(), name: z.string() }),
  // end
} as const;

const readOrder = { ...present['order:orders.read'], callers: ['template'] } as const;

export const operations = {
  ...present,
  'order:orders.read': readOrder,
  'template:things.read': { ...readThing, id: 'template:things.read' },
} as const;

/** Picks the operations of one callee that one caller is listed for. */
export function operationsBetween(_caller: 'template', _callee: 'order') {
  return { 'order:orders.read': readOrder };
}
