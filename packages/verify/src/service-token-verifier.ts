import type { AccessTokenVerifier } from './access-token.ts';
import type { VerifiedClaims } from './access-token-claims.ts';
import { AuthError, type AuthenticatedCall, type RefusalReason } from './auth-error.ts';
import { sha256Base64url } from './base64url.ts';
import { type Clock, readClock } from './clock.ts';
import { type KnownHeader, knownHeader, parsePayload, readStrictJws } from './compact-jws.ts';
import type { InboundKey } from './edge-keys.ts';
import { hasGoodHs256 } from './hmac-jws.ts';
import type { OperationPolicy } from './operation.ts';
import { assertFunction, assertSeconds, assertText, type Current, readerOf } from './options.ts';
import { assertIssuedAfterRecordingBegan } from './recording-start.ts';
import { bindTarget, isUnambiguousTarget } from './request-target.ts';
import type { IncomingCall, PendingCall, ServiceCall } from './service-call.ts';
import {
  type ServiceTokenClaims,
  ServiceTokenClaims as ServiceTokenSchema,
  serviceTokenAlgorithm,
  serviceTokenMaxLength,
  serviceTokenType,
} from './service-claims.ts';
import type { SingleUse, SingleUseStore } from './single-use-store.ts';
import { maxServiceSkewSeconds, maxServiceTokenSeconds, skewSeconds } from './times.ts';
import { faultOf } from './token-fault.ts';

export interface ServiceTokenVerifierOptions {
  /** This service's own name: the `aud`, and the authority of `htu`. */
  readonly service: string;
  /** The inbound keys, from `parseAccepts`. A function is called for each token, so that a removed key stops working at once. */
  readonly keys: Current<ReadonlyMap<string, InboundKey>>;
  /** Verifies the user's access token of a call; `null` when no operation of this service has a user. */
  readonly accessTokens: AccessTokenVerifier<VerifiedClaims> | null;
  readonly singleUse: SingleUseStore;
  readonly now: Clock;
  /** Skew allowed on `iat` and `exp`; 0 to `maxServiceSkewSeconds`, `skewSeconds` unless given. */
  readonly clockToleranceSeconds?: number;
}

export interface ServiceTokenVerifier {
  /**
   * Checks everything except the content and the single use, cheapest first. Records nothing.
   *
   * @throws AuthError `invalid_service_token`, `caller_not_allowed`, or the error for the user's token
   */
  verify(call: IncomingCall): PendingCall;
}

/**
 * Creates the verifier of service tokens. Each token is valid for one request of one operation, once. Only the
 * single-use store may use the network.
 *
 * @throws TypeError when an option is missing or of the wrong type
 */
export function createServiceTokenVerifier(options: ServiceTokenVerifierOptions): ServiceTokenVerifier {
  const { service, accessTokens, singleUse, now, clockToleranceSeconds = skewSeconds } = options;
  assertText('service', service);
  assertFunction('now', now);
  assertFunction('singleUse.use', singleUse?.use);
  assertSeconds('clockToleranceSeconds', clockToleranceSeconds, 0, maxServiceSkewSeconds);
  if (accessTokens !== null && typeof accessTokens?.verify !== 'function') {
    throw new TypeError('accessTokens must be a verifier, or null to do without');
  }
  const keys = readerOf('keys', options.keys);
  keys();
  let known: KnownHeader | undefined;

  function authenticate(token: string): { claims: ServiceTokenClaims; key: InboundKey } {
    const jws = readStrictJws(token, {
      maxLength: serviceTokenMaxLength,
      typ: [serviceTokenType],
      code: 'invalid_service_token',
      known,
    });
    const { header } = jws;
    const key = keys().get(header.kid);
    if (key === undefined) return refuse('kid_unknown');
    if (header.alg !== serviceTokenAlgorithm) return refuse('header');
    const time = readClock(now);
    const expected = { issuer: key.caller, audience: service, audienceClaim: 'aud', time, clockToleranceSeconds };
    if (!hasGoodHs256(jws, key.key)) return refuse('signature');
    const payload = parsePayload(jws);
    if (payload === undefined) return refuse('claims');
    const parsed = ServiceTokenSchema.safeParse(payload);
    if (!parsed.success) return refuse(faultOf(payload, expected) ?? 'claims');
    const claims = parsed.data;
    known = knownHeader(token, header, known);
    const fault = faultOf(claims, expected);
    if (fault !== undefined) return refuse(fault);
    if (claims.iat > time + clockToleranceSeconds) return refuse('not_yet_valid');
    const lifetime = claims.exp - claims.iat;
    if (lifetime <= 0 || lifetime > maxServiceTokenSeconds) return refuse('lifetime');
    return { claims, key };
  }

  /** Requires the access token that `ath` names. Rejects an access token when the service token has no `ath`. */
  function verifyUser(accessToken: string | undefined, ath: string | undefined): VerifiedClaims | undefined {
    if (accessToken === undefined) return ath === undefined ? undefined : refuse('access_token_binding');
    if (ath !== sha256Base64url(accessToken)) return refuse('access_token_binding');
    return accessTokens === null ? refuse('user_not_expected') : accessTokens.verify(accessToken);
  }

  async function use({ jti, exp }: ServiceTokenClaims, { kid }: InboundKey): Promise<SingleUse> {
    try {
      // One second more than needed: the store reads the clock later, when the next second may have begun.
      return await singleUse.use(`${kid}|${jti}`, exp + clockToleranceSeconds + 1);
    } catch (cause) {
      throw new AuthError('unavailable', 'store_failed', { cause });
    }
  }

  function authorize(call: IncomingCall, claims: ServiceTokenClaims, caller: string): VerifiedClaims | undefined {
    const { operation, method, target, accessToken } = call;
    if (claims.htm !== method || method !== operation.method) return refuse('method');
    if (claims.htu !== bindTarget(service, target)) return refuse('target');
    const user = verifyUser(accessToken, claims.ath);
    assertPolicy(operation, caller, claims.scope, user);
    return user;
  }

  /** Checks the content, then records the use: last, since only a valid call may be recorded. */
  async function accept(
    content: Uint8Array,
    claims: ServiceTokenClaims,
    key: InboundKey,
    beforeUse?: () => void,
  ): Promise<void> {
    if (claims.htd !== sha256Base64url(content)) return refuse('content_binding');
    // Reading slow content can take longer than the token lives. The store may then have dropped the id, and a replay
    // would pass.
    if (claims.exp <= readClock(now) - clockToleranceSeconds) return refuse('expired');
    beforeUse?.();
    assertIssuedAfterRecordingBegan(claims, singleUse, { now, clockToleranceSeconds });
    const result = await use(claims, key);
    if (result === 'replayed') return refuse('replayed');
    // Checked again: during `use`, a shared store may have lost its connection, and with it what it knew.
    assertIssuedAfterRecordingBegan(claims, singleUse, { now, clockToleranceSeconds });
    // Evicting a live id would allow its replay, so the call is rejected instead.
    if (result !== 'recorded') throw new AuthError('unavailable', 'store_full');
  }

  return {
    verify(incoming) {
      if (!isUnambiguousTarget(incoming.target)) return refuse('target');
      const { claims, key } = authenticate(incoming.serviceToken);
      const who: AuthenticatedCall = { caller: key.caller, kid: key.kid, jti: claims.jti };
      try {
        const user = authorize(incoming, claims, key.caller);
        const call: ServiceCall = Object.freeze({ operation: incoming.operation.id, ...who, user });
        return {
          ...call,
          accept: (content, beforeUse) =>
            accept(content, claims, key, beforeUse).then(
              () => call,
              (error) => Promise.reject(withCall(error, who)),
            ),
        };
      } catch (error) {
        throw withCall(error, who);
      }
    },
  };
}

/** Adds the calling service to an AuthError: for the log, not for the answer. */
function withCall(error: unknown, call: AuthenticatedCall): unknown {
  if (!(error instanceof AuthError)) return error;
  const { code, reason, scope, issuedAfter, cause } = error;
  return new AuthError(code, reason, { scope, issuedAfter, call, cause });
}

function assertPolicy(operation: OperationPolicy, caller: string, scope: string, user: VerifiedClaims | undefined) {
  if (!operation.callers.includes(caller)) throw new AuthError('caller_not_allowed', 'caller');
  if (scope !== operation.id) refuse('operation');
  if (operation.user === 'none' && user !== undefined) refuse('user_not_expected');
  if (operation.user === 'required' && user === undefined) throw new AuthError('missing_token', 'absent');
  const missing = operation.userScopes?.find((needed) => !user?.scopes.has(needed));
  if (missing !== undefined) throw new AuthError('insufficient_scope', 'scope', { scope: missing });
}

function refuse(reason: RefusalReason): never {
  throw new AuthError('invalid_service_token', reason);
}
