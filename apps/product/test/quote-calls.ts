import { makeCall, type WellMadeCall } from '@auth/testkit/app';
import type { Harness } from './harness.ts';

export const quotePath = '/internal/quotes';

/** Creates the call that order may make for some items. */
export function quoteCall({ calls, now }: Harness, items: readonly object[]): WellMadeCall {
  return makeCall({
    caller: 'order',
    callee: 'product',
    keys: calls.order,
    operation: 'quotes.create',
    method: 'post',
    path: quotePath,
    content: JSON.stringify({ items }),
    bearer: undefined,
    at: now(),
  });
}
