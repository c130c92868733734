import { AuthError } from './auth-error.ts';
import { type Clock, readClock } from './clock.ts';
import type { SingleUseStore } from './single-use-store.ts';
import { maxServiceTokenSeconds } from './times.ts';

export interface RecordingStartOptions {
  readonly now: Clock;
  readonly clockToleranceSeconds: number;
}

/**
 * Rejects a token that may have been used before the store began to record uses.
 *
 * @throws AuthError `unavailable`, with the second after which a new token for the same call has to be issued
 */
export function assertIssuedAfterRecordingBegan(
  { iat }: { readonly iat: number },
  store: SingleUseStore,
  options: RecordingStartOptions,
): void {
  const issuedAfter = lastUnrecordedIat(store, options);
  if (iat <= issuedAfter) throw new AuthError('unavailable', 'issued_before_start', { issuedAfter });
}

/**
 * Returns the latest `iat` of a token that may have been used before the store began to record uses. The skew is added,
 * since the previous process may have accepted a token from a caller whose clock is ahead. Subtracts `knownSeconds` from
 * the current time, so a clock step after the store started has no effect. The result is capped so that a caller can
 * retry at once with a later `iat`.
 */
function lastUnrecordedIat(store: SingleUseStore, { now, clockToleranceSeconds }: RecordingStartOptions): number {
  const recordingSeconds = store.knownSeconds?.();
  const longest = maxServiceTokenSeconds + 2 * clockToleranceSeconds + 1;
  if (recordingSeconds === undefined || recordingSeconds > longest) return Number.NEGATIVE_INFINITY;
  return Math.min(Math.floor(now() - recordingSeconds), readClock(now) - 1) + clockToleranceSeconds;
}
