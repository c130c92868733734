import { makeCall, type WellMadeCall } from '@auth/testkit/app';
import type { Harness } from './harness.ts';

export function contactPath(id: string): string {
  return `/internal/users/${id}/contact`;
}

/** Creates the call that order may make on behalf of the user `id`. */
export function contactCall({ calls, issuer, now }: Harness, id: string): WellMadeCall {
  return makeCall({
    caller: 'order',
    callee: 'user',
    keys: calls.order,
    operation: 'contacts.read',
    method: 'get',
    path: contactPath(id),
    bearer: issuer.token({ sub: id, scope: 'account' }),
    at: now(),
  });
}

/** Creates the call on behalf of a new user. */
export async function goodCall(harness: Harness) {
  const user = await harness.addUser();
  return { user, ...contactCall(harness, user.id) };
}
