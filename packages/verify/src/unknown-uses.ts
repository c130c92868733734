import { AuthError } from './auth-error.ts';
import { type Clock, readClock } from './clock.ts';
import type { SingleUseStore } from './single-use-store.ts';
import { maxServiceTokenSeconds } from './times.ts';

export interface KnownUseOptions {
  readonly now: Clock;
  readonly clockToleranceSeconds: number;
}

/**
 * Refuses a token that may have been used before the store began to record uses.
 *
 * @throws AuthError `unavailable`, with the second after which a new token for the same call has to be issued
 */
export function assertUseIsKnown(
  { iat }: { readonly iat: number },
  store: SingleUseStore,
  options: KnownUseOptions,
): void {
  const issuedAfter = lastUnknownIssue(store, options);
  if (iat <= issuedAfter) throw new AuthError('unavailable', 'issued_before_start', { issuedAfter });
}

/**
 * Returns the latest `iat` of a token that may have been used before the store began to record uses. The skew is
 * included, since the previous process may have accepted a token from a caller whose clock is ahead. Computed back from
 * now, so that a step of the clock in between changes nothing. The latest token that can be issued now is always
 * accepted, so a refused caller need not wait.
 */
function lastUnknownIssue(store: SingleUseStore, { now, clockToleranceSeconds }: KnownUseOptions): number {
  const known = store.knownSeconds?.();
  const longest = maxServiceTokenSeconds + 2 * clockToleranceSeconds + 1;
  if (known === undefined || known > longest) return Number.NEGATIVE_INFINITY;
  return Math.min(Math.floor(now() - known), readClock(now) - 1) + clockToleranceSeconds;
}
