import jwt from 'jsonwebtoken';
import * as z from 'zod';
import type { RefusalReason } from './auth-error.ts';
import { AuthError } from './auth-error.ts';
import type { Clock } from './clock.ts';
import { readClock } from './clock.ts';
import type { KnownHeader } from './compact-jws.ts';
import { knownHeader, readStrictHeader } from './compact-jws.ts';
import type { Current } from './options.ts';
import { assertFunction, assertSeconds, assertText, readerOf } from './options.ts';
import type { PublicKey } from './public-keys.ts';

const maxLength = 8192;
const seconds = z.int().positive();
const Claims = z.object({
  iss: z.string(),
  aud: z.array(z.string().min(1)),
  sub: z.string().min(1).max(255),
  client_id: z.string().min(1),
  iat: seconds,
  nbf: seconds.optional(),
  exp: seconds,
  jti: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  sid: z.string().min(1).max(255),
  auth_time: seconds,
  scope: z.string(),
  roles: z.array(z.string().min(1)),
});

/**
 * The claims of a verified access token, under their registered names (RFC 9068 §2.2), plus `scopes`: `scope` as a set.
 * Claims that are not in this list never reach a handler.
 */
export type AccessTokenClaims = Readonly<Omit<z.output<typeof Claims>, 'aud' | 'roles'>> & {
  readonly aud: readonly string[];
  readonly roles: readonly string[];
  readonly scopes: ReadonlySet<string>;
};

/** What has been taken back: asked for each token, in memory. */
export interface Revocations {
  isRevoked(sid: string, iat: number): boolean;
}

export interface AccessTokenVerifierOptions {
  /** The `iss` every token must carry. */
  readonly issuer: string;
  /** This service's name: `aud` must be an array that holds it. */
  readonly audience: string;
  /**
   * From `parseJwks`. A function is asked at every token, so that a removed key stops working at once. It may throw an
   * AuthError `unavailable` while it has no keys to trust, as `createJwksSource` does.
   */
  readonly keys: Current<ReadonlyMap<string, PublicKey>>;
  /**
   * Told when a token names a key that is not there, before the token is refused: a chance to look for newer keys.
   * It must return at once and not throw. The kid is whatever an unknown sender wrote: not for a metric label.
   */
  readonly onUnknownKid?: (kid: string) => void;
  /** `null` says in so many words: a token is good until it expires. */
  readonly revocations: Revocations | null;
  readonly now: Clock;
  /** Skew allowed on `iat`, `nbf` and `exp`; 0 to 60, 5 unless given. */
  readonly clockToleranceSeconds?: number;
  /** The longest life (`exp - iat`) accepted; at most a day, an hour unless given. */
  readonly maxLifetimeSeconds?: number;
}

export interface AccessTokenVerifier {
  /**
   * The claims of a good token.
   *
   * @throws AuthError `token_expired`, `token_revoked` or `invalid_token`; `unavailable` from `keys`
   */
  verify(token: string): AccessTokenClaims;
}

/**
 * Makes the verifier of access tokens (RFC 9068 profile, RFC 8725 practice): local, synchronous, no network.
 * Does not check scopes or roles, nor who sent the token: a bearer token is good for whoever holds it.
 *
 * @throws TypeError when an option is missing or of the wrong type
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): AccessTokenVerifier {
  const { issuer, audience, revocations, now, clockToleranceSeconds = 5, maxLifetimeSeconds = 3600 } = options;
  const { onUnknownKid = () => {} } = options;
  assertText('issuer', issuer);
  assertText('audience', audience);
  assertFunction('now', now);
  assertFunction('onUnknownKid', onUnknownKid);
  assertSeconds('clockToleranceSeconds', clockToleranceSeconds, 0, 60);
  assertSeconds('maxLifetimeSeconds', maxLifetimeSeconds, 1, 86_400);
  if (revocations !== null && typeof revocations?.isRevoked !== 'function') {
    throw new TypeError('revocations must be given, or null to do without');
  }
  const keys = readerOf('keys', options.keys);
  assertReadable(keys);
  let known: KnownHeader | undefined;

  return {
    verify(token) {
      const header = readStrictHeader(token, { maxLength, typ: 'at+jwt', code: 'invalid_token', known });
      const entry = keys().get(header.kid);
      if (entry === undefined) {
        onUnknownKid(header.kid);
        return refuse('kid_unknown');
      }
      if (entry.alg !== header.alg) return refuse('header');
      const time = readClock(now);
      const claims = parseClaims(checkSignature(token, entry, { issuer, audience, time, clockToleranceSeconds }));
      known = knownHeader(token, header, known);
      // Every rule again in our own words: the library skips what is absent or of the wrong type.
      if (claims.iss !== issuer) return refuse('issuer');
      if (!claims.aud.includes(audience)) return refuse('audience');
      if (claims.iat > time + clockToleranceSeconds) return refuse('not_yet_valid');
      if (claims.nbf !== undefined && claims.nbf > time + clockToleranceSeconds) return refuse('not_yet_valid');
      if (claims.exp <= time - clockToleranceSeconds) throw new AuthError('token_expired', 'expired');
      const lifetime = claims.exp - claims.iat;
      if (lifetime <= 0 || lifetime > maxLifetimeSeconds) return refuse('lifetime');
      if (revocations?.isRevoked(claims.sid, claims.iat)) throw new AuthError('token_revoked', 'revoked');
      return Object.freeze(Object.assign(claims, { scopes: scopesOf(claims.scope) }));
    },
  };
}

/** Keys that are not there yet are no wrong wiring: the verifier is built, and answers `unavailable` until they are. */
function assertReadable(keys: () => unknown): void {
  try {
    keys();
  } catch (error) {
    if (!(error instanceof AuthError) || error.code !== 'unavailable') throw error;
  }
}

interface Expected {
  readonly issuer: string;
  readonly audience: string;
  readonly time: number;
  readonly clockToleranceSeconds: number;
}

function checkSignature(token: string, { key, alg }: PublicKey, expected: Expected): unknown {
  try {
    return jwt.verify(token, key, {
      algorithms: [alg],
      issuer: expected.issuer,
      audience: expected.audience,
      clockTimestamp: expected.time,
      clockTolerance: expected.clockToleranceSeconds,
    });
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw new AuthError('token_expired', 'expired');
    throw new AuthError('invalid_token', libraryReason(error));
  }
}

/** jsonwebtoken's error as one of our reasons. Its texts repeat configured values, so none of them is passed on. */
export function libraryReason(error: unknown): RefusalReason {
  if (error instanceof jwt.NotBeforeError) return 'not_yet_valid';
  const text = String(error);
  if (text.includes('signature')) return 'signature';
  if (text.includes('jwt issuer')) return 'issuer';
  if (text.includes('jwt audience')) return 'audience';
  return 'claims';
}

/** RFC 6749 §3.3: separated by spaces. */
function scopesOf(scope: string): ReadonlySet<string> {
  return new Set(scope.split(' ').filter(Boolean));
}

function parseClaims(payload: unknown): z.output<typeof Claims> {
  const parsed = Claims.safeParse(payload);
  return parsed.success ? parsed.data : refuse('claims');
}

function refuse(reason: RefusalReason): never {
  throw new AuthError('invalid_token', reason);
}
