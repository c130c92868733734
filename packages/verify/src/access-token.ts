import type { KeyObject } from 'node:crypto';
import {
  type AccessTokenClaims,
  type ClaimsOf,
  createClaimsParser,
  listsIn,
  type VerifiedClaims,
} from './access-token-claims.ts';
import { type AccessTokenVerifierOptions, type AnyOptions, checkOptions } from './access-token-options.ts';
import { type AccessTokenProfile, longestToken, type ownProfile } from './access-token-profile.ts';
import { AuthError, type RefusalReason } from './auth-error.ts';
import { readClock } from './clock.ts';
import { type KnownHeader, knownHeader, parsePayload, readStrictJws, type StrictHeader } from './compact-jws.ts';
import { hasGoodSignature } from './jws-signature.ts';
import { type ClaimsSchema, createOwnClaims } from './own-claims.ts';
import type { PublicKey } from './public-keys.ts';
import { faultOf } from './token-fault.ts';
import { createTokenMemory, type TokenMemory, type TokenMemorySize } from './token-memory.ts';

/** Byte limit of the cache for up to 10 000 tokens, the default count. Larger counts scale it. */
const rememberBytes = 32 * 1024 * 1024;

/** Verifies access tokens. */
export interface AccessTokenVerifier<Claims extends VerifiedClaims = AccessTokenClaims> {
  /**
   * Verifies a token and returns its claims.
   *
   * @throws AuthError `token_expired`, `token_revoked` or `invalid_token`; `unavailable` from `keys`
   */
  verify(token: string): Claims;
}

/** The number and size of the cached tokens, and how many full verifications they have saved (`hits`). */
export interface RememberedTokens extends TokenMemorySize {
  readonly hits: number;
}

/** An access token verifier that caches valid tokens. */
export interface RememberingVerifier<Claims extends VerifiedClaims = AccessTokenClaims>
  extends AccessTokenVerifier<Claims> {
  /** The `iss` of the tokens that it accepts. */
  readonly issuer: string;
  /**
   * Returns the claims of a cached token after the checks whose result changes; `undefined` for a token that is not
   * cached or needs a new full verification.
   *
   * @throws AuthError as `verify`
   */
  recall(token: string): Claims | undefined;
  memory(): RememberedTokens;
}

interface Remembered {
  /** The same object that the signature was checked with. */
  readonly key: KeyObject;
  readonly header: StrictHeader;
  readonly claims: VerifiedClaims;
  /** The session that `revocations` is asked about, and when its token was issued; empty and 0 where tokens do not say it. */
  readonly sid: string;
  readonly iat: number;
  /** The token is valid from this second on, and until `exp`. Numbers of its own: they are read faster than claims. */
  readonly validFrom: number;
  readonly exp: number;
  /** An estimate for the claims of a schema. */
  readonly ownBytes: number;
}

/**
 * Creates the verifier of access tokens of one issuer (RFC 8725 practice): local, synchronous, no network. `profile` says
 * which tokens the issuer makes: this project's (RFC 9068) unless given. Does not check scopes or roles, nor who sent
 * the token: a bearer token works for anyone who holds it.
 *
 * @throws TypeError when an option is missing or of the wrong type
 */
export function createAccessTokenVerifier<
  const Profile extends AccessTokenProfile = typeof ownProfile,
  Own extends object = object,
>(options: AccessTokenVerifierOptions<Profile, Own>): RememberingVerifier<ClaimsOf<Profile, Own>>;
export function createAccessTokenVerifier(options: AnyOptions): RememberingVerifier<VerifiedClaims> {
  const { issuer, audience, keys, revocations, now, onUnknownKid, accepts, profile, ...rest } = checkOptions(options);
  const { clockToleranceSeconds, maxLifetimeSeconds } = rest;
  const { algorithms, maxLength, session } = profile;
  const { claim: audienceClaim } = profile.audience;
  const readClaims = createReader(profile, rest.claims);
  const memory = createMemory(rest.rememberTokens, profile);
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
    const { typ, otherHeaderMembers } = profile;
    const jws = readStrictJws(token, { maxLength, typ, otherHeaderMembers, code: 'invalid_token', known });
    const { header } = jws;
    const entry = findKey(header);
    if (!algorithms.includes(entry.alg)) return refuse('header');
    const time = readClock(now);
    if (!hasGoodSignature(jws, entry)) return refuse('signature');
    const payload = parsePayload(jws);
    const fault = faultOf(payload, { issuer, audience, audienceClaim, time, clockToleranceSeconds });
    if (fault === 'expired') throw new AuthError('token_expired', fault);
    if (fault !== undefined) return refuse(fault);
    const { claims, ownBytes } = readClaims(payload) ?? refuse('claims');
    const { iat, nbf = 0, exp } = claims;
    const latest = time + clockToleranceSeconds;
    if (iat !== undefined && iat > latest) return refuse('not_yet_valid');
    // Without `iat` the start of a token is not known: what is left of its life must not be longer than a whole one.
    const start = iat ?? exp - maxLifetimeSeconds;
    if (start > latest || exp <= start || exp - start > maxLifetimeSeconds) return refuse('lifetime');
    const sid = revocations === null || session === null ? '' : String(Reflect.get(claims, session));
    return { key: entry.key, header, claims, sid, iat: iat ?? 0, validFrom: Math.max(start, nbf), exp, ownBytes };
  }

  /** Repeats the checks of `verifyInFull` whose result changes with the keys or with the time. */
  function isStillGood({ key, header, validFrom, exp }: Remembered): boolean {
    const entry = findKey(header);
    const time = readClock(now);
    return key === entry.key && validFrom <= time + clockToleranceSeconds && exp > time - clockToleranceSeconds;
  }

  function assertNotRevoked(token: string, { sid, iat }: Remembered): void {
    if (revocations === null || !revocations.isRevoked(sid, iat)) return;
    memory?.delete(token);
    throw new AuthError('token_revoked', 'revoked');
  }

  function recall(token: string): VerifiedClaims | undefined {
    const remembered = isShort(token) ? memory?.get(token) : undefined;
    if (remembered === undefined) return undefined;
    if (!isStillGood(remembered)) {
      memory?.delete(token);
      return undefined;
    }
    assertNotRevoked(token, remembered);
    hits += 1;
    return remembered.claims;
  }

  function verifyAnew(token: string): VerifiedClaims {
    const verified = verifyInFull(token);
    const { claims, header } = verified;
    assertNotRevoked(token, verified);
    known = knownHeader(token, header, known);
    // Anything else, such as the promise of an asynchronous rule, is no consent.
    if (accepts(claims) !== true) return refuse('claims');
    memory?.set(token, verified);
    return claims;
  }

  return {
    issuer,
    recall,
    verify: (token) => recall(token) ?? verifyAnew(token),
    memory: () => ({ ...(memory?.size() ?? { tokens: 0, bytes: 0 }), hits }),
  };
}

function createMemory(maxTokens: number, profile: AccessTokenProfile): TokenMemory<Remembered> | undefined {
  if (maxTokens === 0) return undefined;
  const lists = ['aud', 'roles', ...listsIn(profile)];
  const entriesOf = (list: unknown) => (Array.isArray(list) ? list.length : 0);
  return createTokenMemory({
    maxTokens,
    maxBytes: Math.max(1, maxTokens / 10_000) * rememberBytes,
    listBytes({ claims, ownBytes }) {
      const entries = lists.reduce((sum, name) => sum + entriesOf(Reflect.get(claims, name)), claims.scopes.size);
      return 64 * entries + ownBytes;
    },
  });
}

/** Checks whether a token is a text that the memory can look up. Any other goes straight to `verifyInFull`. */
function isShort(token: unknown): boolean {
  return typeof token === 'string' && token.length <= longestToken;
}

/** Creates the reader of a verified payload: the claims of the profile, joined by further claims if there is a schema. */
function createReader(profile: AccessTokenProfile, schema: ClaimsSchema | undefined) {
  const parse = createClaimsParser(profile);
  const readOwn = schema === undefined ? undefined : createOwnClaims(schema, profile);
  return (payload: unknown): Pick<Remembered, 'claims' | 'ownBytes'> | undefined => {
    const claims = parse(payload);
    if (claims === undefined || readOwn === undefined) return claims && { claims, ownBytes: 0 };
    const own = readOwn(payload);
    return own && { claims: Object.freeze({ ...claims, ...own.claims }), ownBytes: own.bytes };
  };
}

function refuse(reason: RefusalReason): never {
  throw new AuthError('invalid_token', reason);
}
