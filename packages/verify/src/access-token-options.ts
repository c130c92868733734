import type { ClaimsOf, VerifiedClaims } from './access-token-claims.ts';
import { type AccessTokenProfile, ownProfile, readProfile } from './access-token-profile.ts';
import { AuthError } from './auth-error.ts';
import type { Clock } from './clock.ts';
import { assertFunction, assertSeconds, assertText, assertWhole, type Current, readerOf } from './options.ts';
import type { ClaimsSchema } from './own-claims.ts';
import type { PublicKey } from './public-keys.ts';
import { maxSkewSeconds, maxVerifiedSeconds, skewSeconds } from './times.ts';

/** The revoked sessions. `isRevoked` is called for each token and answers from memory. */
export interface Revocations {
  isRevoked(sid: string, iat: number): boolean;
}

export interface AccessTokenVerifierOptions<
  Profile extends AccessTokenProfile = typeof ownProfile,
  Own extends object = object,
> {
  /** The `iss` every token must carry. */
  readonly issuer: string;
  /** This service's name, which the audience of a token must be or hold. */
  readonly audience: string;
  /**
   * Which tokens the issuer makes: a preset of `@auth/verify/presets`, or one of your own. Default: `ownProfile`,
   * this project's tokens.
   */
  readonly profile?: Profile;
  /** A schema of further claims, which are then in the result with their types: `z.object({ tenant_id: z.uuid() })`. */
  readonly claims?: ClaimsSchema<Own>;
  /**
   * The public keys, from `parseJwks`. A function is called for each token, so that a removed key stops working at
   * once. It may throw an AuthError `unavailable` while it has no keys to trust, as `createJwksSource` does.
   */
  readonly keys: Current<ReadonlyMap<string, PublicKey>>;
  /**
   * Called with the kid of a token that names an unknown key, before the token is rejected: a chance to fetch newer
   * keys. It must return at once. It may throw an AuthError `unavailable` while it cannot know whether the issuer has the
   * key, as `refreshSoon` of a JWKS source does; the request is then answered 503 and not 401. The kid comes from an unknown sender: do not use it as a metric label.
   */
  readonly onUnknownKid?: (kid: string) => void;
  /** `null` turns revocation off: a token is valid until it expires. */
  readonly revocations: Revocations | null;
  readonly now: Clock;
  /** Skew allowed on `iat`, `nbf` and `exp`; 0 to 60 seconds, 5 unless given. */
  readonly clockToleranceSeconds?: number;
  /** The longest life (`exp - iat`) accepted; at most a day, that of the profile unless given. */
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
  readonly accepts?: (claims: ClaimsOf<Profile, Own>) => boolean;
}

/** The options of a verifier with any profile. */
export type AnyOptions = Omit<AccessTokenVerifierOptions<AccessTokenProfile>, 'accepts'> & {
  readonly accepts?: (claims: VerifiedClaims) => boolean;
};

/** The options with their defaults. `keys` reads the current keys. */
type CheckedOptions = Required<Omit<AnyOptions, 'keys' | 'claims'>> & {
  readonly keys: () => ReadonlyMap<string, PublicKey>;
  readonly claims: ClaimsSchema | undefined;
};

/**
 * Checks the options of a verifier and adds the defaults.
 *
 * @throws TypeError when an option is missing or of the wrong type
 */
export function checkOptions(options: AnyOptions): CheckedOptions {
  const { issuer, audience, revocations, now, claims } = options;
  const profile = readProfile(options.profile ?? ownProfile);
  const {
    clockToleranceSeconds = skewSeconds,
    maxLifetimeSeconds = profile.maxLifetimeSeconds,
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
  if (revocations !== null && profile.session === null) {
    throw new TypeError('revocations must be null: tokens of this profile name no session');
  }
  const keys = readerOf('keys', options.keys);
  assertReadable(keys);
  return {
    issuer,
    audience,
    profile,
    claims,
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
