import { AuthError } from '../auth-error.ts';

/** What a route does while more may have been revoked than is known here: `allow` unless it says `deny`. */
export type RevocationStaleOptions =
  | { readonly onRevocationStale?: 'allow' }
  | { readonly onRevocationStale: 'deny'; readonly revocations: { isStale(): boolean } };

/**
 * Makes the check for a user whose token is good: it passes, or the request has to be made again later (503, never 401).
 *
 * @throws TypeError for an option that is neither, and for a `deny` that could not be known
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
