import type { AccessTokenClaims } from './access-token-claims.ts';
import { AuthError } from './auth-error.ts';
import type { Clock } from './clock.ts';
import { assertFunction, assertSeconds, assertText, assertWhole, type Current, readerOf } from './options.ts';
import type { PublicKey } from './public-keys.ts';
import { maxAccessTokenSeconds, maxSkewSeconds, maxVerifiedSeconds, skewSeconds } from './times.ts';

/** The revoked sessions. `isRevoked` is called for each token and answers from memory. */
export interface Revocations {
  isRevoked(sid: string, iat: number): boolean;
}

export interface AccessTokenVerifierOptions {
  /** The `iss` every token must carry. */
  readonly issuer: string;
  /** This service's name: `aud` must be an array that holds it. */
  readonly audience: string;
  /**
   * The public keys, from `parseJwks`. A function is called for each token, so that a removed key stops working at
   * once. It may throw an AuthError `unavailable` while it has no keys to trust, as `createJwksSource` does.
   */
  readonly keys: Current<ReadonlyMap<string, PublicKey>>;
  /**
   * Called with the kid of a token that names an unknown key, before the token is rejected: a chance to fetch newer
   * keys. It must return at once and not throw. The kid comes from an unknown sender: do not use it as a metric label.
   */
  readonly onUnknownKid?: (kid: string) => void;
  /** `null` turns revocation off: a token is valid until it expires. */
  readonly revocations: Revocations | null;
  readonly now: Clock;
  /** Skew allowed on `iat`, `nbf` and `exp`; 0 to `maxSkewSeconds`, `skewSeconds` unless given. */
  readonly clockToleranceSeconds?: number;
  /** The longest life (`exp - iat`) accepted; at most a day, an hour unless given. */
  readonly maxLifetimeSeconds?: number;
  /**
   * How many tokens are cached, once they have passed every check twice, to save the full verification: 0 (none) to
   * 1 000 000, 10 000 unless given. Key, times and revocation are still checked at each use.
   */
  readonly rememberTokens?: number;
  /**
   * An additional rule on the claims of a valid token: `false` rejects the token. The result must depend on the claims
   * alone, since the rule is not called again for a cached token.
   */
  readonly accepts?: (claims: AccessTokenClaims) => boolean;
}

/** The options with their defaults. `keys` reads the current keys. */
type CheckedOptions = Required<Omit<AccessTokenVerifierOptions, 'keys'>> & {
  readonly keys: () => ReadonlyMap<string, PublicKey>;
};

/**
 * Checks the options of a verifier and adds the defaults.
 *
 * @throws TypeError when an option is missing or of the wrong type
 */
export function checkOptions(options: AccessTokenVerifierOptions): CheckedOptions {
  const {
    issuer,
    audience,
    revocations,
    now,
    clockToleranceSeconds = skewSeconds,
    maxLifetimeSeconds = maxAccessTokenSeconds,
    onUnknownKid = () => {},
    accepts = () => true,
    rememberTokens = 10_000,
  } = options;
  assertText('issuer', issuer);
  assertText('audience', audience);
  assertFunction('now', now);
  assertFunction('onUnknownKid', onUnknownKid);
  assertFunction('accepts', accepts);
  assertSeconds('clockToleranceSeconds', clockToleranceSeconds, 0, maxSkewSeconds);
  assertSeconds('maxLifetimeSeconds', maxLifetimeSeconds, 1, maxVerifiedSeconds);
  assertWhole('rememberTokens', rememberTokens, { unit: 'tokens', min: 0, max: 1_000_000 });
  if (revocations !== null && typeof revocations?.isRevoked !== 'function') {
    throw new TypeError('revocations must be given, or null to do without');
  }
  const keys = readerOf('keys', options.keys);
  assertReadable(keys);
  return {
    issuer,
    audience,
    revocations,
    now,
    clockToleranceSeconds,
    maxLifetimeSeconds,
    onUnknownKid,
    accepts,
    rememberTokens,
    keys,
  };
}

/** Checks that `keys` returns a Map. An `unavailable` is allowed: the keys are only not loaded yet. */
function assertReadable(keys: () => unknown): void {
  try {
    keys();
  } catch (error) {
    if (!(error instanceof AuthError) || error.code !== 'unavailable') throw error;
  }
}
