import { sha256Base64url } from './base64url.ts';
import { type Clock, readClock } from './clock.ts';
import type { OutboundKey } from './edge-keys.ts';
import { encodeSegment, signHs256 } from './hmac-jws.ts';
import { calleeOf, type OperationPolicy } from './operation.ts';
import { assertFunction, assertSeconds, assertText, type Current, readerOf } from './options.ts';
import { randomId } from './random-id.ts';
import { bindTarget, isUnambiguousTarget } from './request-target.ts';
import { type ServiceTokenClaims, serviceTokenAlgorithm, serviceTokenType } from './service-claims.ts';
import { maxServiceSkewSeconds, maxServiceTokenSeconds, serviceTokenSeconds } from './times.ts';

/** One outgoing request, as it goes over the wire. */
export interface OutgoingCall {
  readonly operation: Pick<OperationPolicy, 'id' | 'method'>;
  /** Path and query exactly as sent. */
  readonly target: string;
  /** The content bytes exactly as sent; absent when there are none. */
  readonly content?: Uint8Array | undefined;
  /** The access token of the same request, if there is one. */
  readonly accessToken?: string | undefined;
  /** The value of `Service-Token-After` in a callee's answer: the token is issued after this second. */
  readonly issuedAfter?: number | undefined;
}

export interface ServiceTokenSignerOptions {
  /** This service's own name: the `iss`. */
  readonly service: string;
  /** The outbound keys, from `parseCalls`: a service without an entry for a callee cannot call it. */
  readonly keys: Current<ReadonlyMap<string, OutboundKey>>;
  readonly now: Clock;
  /** The life of a token, 1 to `maxServiceTokenSeconds`; `serviceTokenSeconds` unless given. */
  readonly lifetimeSeconds?: number;
}

export interface ServiceTokenSigner {
  readonly service: string;
  /**
   * Signs the value of the `Service-Token` header for one request.
   *
   * @throws Error when there is no key for the callee or the target is ambiguous: a fault of this service, not of its caller
   */
  sign(call: OutgoingCall): string;
}

/**
 * Creates the signer of service tokens. Each token is for one request: its operation, method, target, content and user.
 *
 * @throws TypeError when an option is missing or of the wrong type
 */
export function createServiceTokenSigner(options: ServiceTokenSignerOptions): ServiceTokenSigner {
  const { service, now, lifetimeSeconds = serviceTokenSeconds } = options;
  assertText('service', service);
  assertFunction('now', now);
  assertSeconds('lifetimeSeconds', lifetimeSeconds, 1, maxServiceTokenSeconds);
  const keys = readerOf('keys', options.keys);
  keys();

  return {
    service,
    sign({ operation, target, content, accessToken, issuedAfter = 0 }) {
      const callee = calleeOf(operation);
      const entry = keys().get(callee);
      if (entry === undefined) throw new Error(`${service} holds no key to call ${callee}`);
      if (!isUnambiguousTarget(target)) throw new Error(`the request target of ${operation.id} is ambiguous`);
      const time = readClock(now);
      // No verifier accepts a token with an `iat` further ahead of its clock.
      const iat = Math.min(Math.max(time, issuedAfter + 1), time + maxServiceSkewSeconds);
      const claims: ServiceTokenClaims = {
        iss: service,
        aud: callee,
        iat,
        exp: iat + lifetimeSeconds,
        jti: randomId(),
        scope: operation.id,
        htm: operation.method,
        htu: bindTarget(callee, target),
        htd: sha256Base64url(content ?? ''),
        ...(accessToken === undefined ? {} : { ath: sha256Base64url(accessToken) }),
      };
      return signHs256(headerOf(entry), claims, entry.key);
    },
  };
}

/** The encoded token header of each key, cached. */
const headers = new WeakMap<OutboundKey, string>();

function headerOf(key: OutboundKey): string {
  const known = headers.get(key);
  if (known !== undefined) return known;
  const header = encodeSegment({ alg: serviceTokenAlgorithm, typ: serviceTokenType, kid: key.kid });
  headers.set(key, header);
  return header;
}
