import type { KeyObject } from 'node:crypto';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { accessTokenType, parseAccessTokenClaims } from './access-token-claims.ts';
import type { RefusalReason } from './auth-error.ts';
import { AuthError } from './auth-error.ts';
import type { Clock } from './clock.ts';
import { readClock } from './clock.ts';
import type { KnownHeader, StrictHeader } from './compact-jws.ts';
import { knownHeader, parsePayload, readStrictJws } from './compact-jws.ts';
import { hasGoodSignature } from './jws-signature.ts';
import type { Current } from './options.ts';
import { assertFunction, assertSeconds, assertText, assertWhole, readerOf } from './options.ts';
import type { PublicKey } from './public-keys.ts';
import { maxAccessTokenSeconds, maxSkewSeconds, maxVerifiedSeconds, skewSeconds } from './times.ts';
import { faultOf } from './token-fault.ts';
import type { TokenMemory, TokenMemorySize } from './token-memory.ts';
import { createTokenMemory } from './token-memory.ts';

const maxLength = 8192;
/** Bytes for up to 10 000 remembered tokens (the default); above that, in proportion to their number. */
const rememberBytes = 32 * 1024 * 1024;

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
   * How many tokens are remembered, once they have passed every check twice, to save the full verification: 0 (none) to
   * 1 000 000, 10 000 unless given. Key, times and revocation are still checked at each use.
   */
  readonly rememberTokens?: number;
  /**
   * An additional rule on the claims of a valid token: `false` rejects the token. The result must depend on the claims
   * alone, since the rule is not called again for a remembered token.
   */
  readonly accepts?: (claims: AccessTokenClaims) => boolean;
}

export interface AccessTokenVerifier {
  /**
   * Verifies a token and returns its claims.
   *
   * @throws AuthError `token_expired`, `token_revoked` or `invalid_token`; `unavailable` from `keys`
   */
  verify(token: string): AccessTokenClaims;
}

/** The number and size of the remembered tokens, and how many full verifications they have saved (`hits`). */
export interface RememberedTokens extends TokenMemorySize {
  readonly hits: number;
}

/** An access token verifier that remembers valid tokens. */
export interface RememberingVerifier extends AccessTokenVerifier {
  memory(): RememberedTokens;
}

interface Remembered {
  /** The same object that the signature was checked with. */
  readonly key: KeyObject;
  readonly header: StrictHeader;
  readonly claims: AccessTokenClaims;
}

/**
 * Creates the verifier of access tokens (RFC 9068 profile, RFC 8725 practice): local, synchronous, no network. Does not
 * check scopes or roles, nor who sent the token: a bearer token works for anyone who holds it.
 *
 * @throws TypeError when an option is missing or of the wrong type
 */
export function createAccessTokenVerifier(options: AccessTokenVerifierOptions): RememberingVerifier {
  const {
    issuer,
    audience,
    revocations,
    now,
    clockToleranceSeconds = skewSeconds,
    maxLifetimeSeconds = maxAccessTokenSeconds,
  } = options;
  const { onUnknownKid = () => {}, accepts = () => true, rememberTokens = 10_000 } = options;
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
  const memory = createMemory(rememberTokens);
  let known: KnownHeader | undefined;
  let hits = 0;

  function findKey({ kid, alg }: StrictHeader): PublicKey {
    const entry = keys().get(kid);
    if (entry === undefined) {
      onUnknownKid(kid);
      return refuse('kid_unknown');
    }
    return entry.alg === alg ? entry : refuse('header');
  }

  function verifyInFull(token: string): Remembered {
    const jws = readStrictJws(token, { maxLength, typ: accessTokenType, code: 'invalid_token', known });
    const { header } = jws;
    const entry = findKey(header);
    const time = readClock(now);
    if (!hasGoodSignature(jws, entry)) return refuse('signature');
    const payload = parsePayload(jws);
    const fault = faultOf(payload, { issuer, audience, time, clockToleranceSeconds });
    if (fault === 'expired') throw new AuthError('token_expired', fault);
    if (fault !== undefined) return refuse(fault);
    const claims = parseAccessTokenClaims(payload) ?? refuse('claims');
    if (claims.iat > time + clockToleranceSeconds) return refuse('not_yet_valid');
    const lifetime = claims.exp - claims.iat;
    if (lifetime <= 0 || lifetime > maxLifetimeSeconds) return refuse('lifetime');
    return { key: entry.key, header, claims };
  }

  /** Repeats the checks of `verifyInFull` whose result changes with the keys or with the time. */
  function isStillGood({ key, header, claims: { iat, nbf = iat, exp } }: Remembered): boolean {
    const entry = findKey(header);
    const time = readClock(now);
    const latest = time + clockToleranceSeconds;
    return key === entry.key && iat <= latest && nbf <= latest && exp > time - clockToleranceSeconds;
  }

  function assertNotRevoked(token: string, { sid, iat }: AccessTokenClaims): void {
    if (!revocations?.isRevoked(sid, iat)) return;
    memory?.delete(token);
    throw new AuthError('token_revoked', 'revoked');
  }

  return {
    verify(token) {
      const remembered = isShort(token) ? memory?.get(token) : undefined;
      if (remembered !== undefined && isStillGood(remembered)) {
        assertNotRevoked(token, remembered.claims);
        hits += 1;
        return remembered.claims;
      }
      if (remembered !== undefined) memory?.delete(token);
      const verified = verifyInFull(token);
      const { claims, header } = verified;
      assertNotRevoked(token, claims);
      known = knownHeader(token, header, known);
      if (!accepts(claims)) return refuse('claims');
      memory?.set(token, verified, partsOf(claims));
      return claims;
    },
    memory: () => ({ ...(memory?.size() ?? { tokens: 0, bytes: 0 }), hits }),
  };
}

function createMemory(maxTokens: number): TokenMemory<Remembered> | undefined {
  if (maxTokens === 0) return undefined;
  return createTokenMemory({ maxTokens, maxBytes: Math.max(1, maxTokens / 10_000) * rememberBytes });
}

/** Whether a token is a text of allowed length. Any other goes straight to `verifyInFull`, which rejects it. */
function isShort(token: unknown): boolean {
  return typeof token === 'string' && token.length <= maxLength;
}

function partsOf({ aud, roles, scopes }: AccessTokenClaims): number {
  return aud.length + roles.length + scopes.size;
}

/** Checks that `keys` returns a Map. An `unavailable` is allowed: the keys are only not loaded yet. */
function assertReadable(keys: () => unknown): void {
  try {
    keys();
  } catch (error) {
    if (!(error instanceof AuthError) || error.code !== 'unavailable') throw error;
  }
}

function refuse(reason: RefusalReason): never {
  throw new AuthError('invalid_token', reason);
}
