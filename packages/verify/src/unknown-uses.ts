import type { Clock } from './clock.ts';
import { readClock } from './clock.ts';
import { serviceTokenMaxSeconds } from './service-claims.ts';
import type { SingleUseStore } from './single-use-store.ts';

/**
 * The latest `iat` of a token that may have been used before the store recorded uses. The skew is included, since the
 * process before may have accepted the token from a caller whose clock is ahead. Computed back from now, so that a step of
 * the clock in between changes nothing. The latest token that can be issued now is always accepted, so a refused caller
 * need not wait.
 */
export function lastUnknownIssue(
  store: SingleUseStore,
  { now, clockToleranceSeconds }: { readonly now: Clock; readonly clockToleranceSeconds: number },
): number {
  const known = store.knownSeconds?.();
  const longest = serviceTokenMaxSeconds + 2 * clockToleranceSeconds + 1;
  if (known === undefined || known > longest) return Number.NEGATIVE_INFINITY;
  return Math.min(Math.floor(now() - known), readClock(now) - 1) + clockToleranceSeconds;
}
