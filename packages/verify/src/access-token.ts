import type { KeyObject } from 'node:crypto';
import { type AccessTokenClaims, accessTokenType, parseAccessTokenClaims } from './access-token-claims.ts';
import { type AccessTokenVerifierOptions, checkOptions } from './access-token-options.ts';
import { AuthError, type RefusalReason } from './auth-error.ts';
import { readClock } from './clock.ts';
import { type KnownHeader, knownHeader, parsePayload, readStrictJws, type StrictHeader } from './compact-jws.ts';
import { hasGoodSignature } from './jws-signature.ts';
import type { PublicKey } from './public-keys.ts';
import { faultOf } from './token-fault.ts';
import { createTokenMemory, type TokenMemory, type TokenMemorySize } from './token-memory.ts';

const maxLength = 8192;
/** Byte limit of the cache for up to 10 000 tokens, the default count. Larger counts scale it. */
const rememberBytes = 32 * 1024 * 1024;

/** Verifies access tokens. */
export interface AccessTokenVerifier {
  /**
   * Verifies a token and returns its claims.
   *
   * @throws AuthError `token_expired`, `token_revoked` or `invalid_token`; `unavailable` from `keys`
   */
  verify(token: string): AccessTokenClaims;
}

/** The number and size of the cached tokens, and how many full verifications they have saved (`hits`). */
export interface RememberedTokens extends TokenMemorySize {
  readonly hits: number;
}

/** An access token verifier that caches valid tokens. */
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
  const { issuer, audience, keys, revocations, now, clockToleranceSeconds, maxLifetimeSeconds, ...rest } =
    checkOptions(options);
  const { onUnknownKid, accepts, rememberTokens } = rest;
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

/** Checks whether a token is a text of allowed length. Any other goes straight to `verifyInFull`, which rejects it. */
function isShort(token: unknown): boolean {
  return typeof token === 'string' && token.length <= maxLength;
}

function partsOf({ aud, roles, scopes }: AccessTokenClaims): number {
  return aud.length + roles.length + scopes.size;
}

function refuse(reason: RefusalReason): never {
  throw new AuthError('invalid_token', reason);
}
