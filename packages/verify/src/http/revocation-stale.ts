import { AuthError } from '../auth-error.ts';

/** The behaviour of a route while the known revocations may be out of date: `allow` unless `deny` is given. */
export type RevocationStaleOptions =
  | { readonly onRevocationStale?: 'allow' }
  | { readonly onRevocationStale: 'deny'; readonly revocations: { isStale(): boolean } };

/**
 * Creates the check for a user whose token is valid. With `deny` it rejects the token while revocations are stale,
 * so that the client retries later (503, never 401).
 *
 * @throws TypeError for any other option, and for `deny` without an `isStale` to ask
 */
export function createStaleCheck(options: RevocationStaleOptions): () => void {
  const { onRevocationStale = 'allow' } = options;
  if (onRevocationStale !== 'allow' && onRevocationStale !== 'deny') {
    throw new TypeError("onRevocationStale must be 'allow' or 'deny'");
  }
  if (options.onRevocationStale !== 'deny') return () => {};
  const { revocations } = options;
  if (typeof revocations?.isStale !== 'function') {
    throw new TypeError("onRevocationStale: 'deny' needs revocations that know whether they are stale");
  }
  return () => {
    if (revocations.isStale()) throw new AuthError('unavailable', 'revocations_stale');
  };
}
