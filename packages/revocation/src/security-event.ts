import type { KeyObject } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import type { Clock, PublicKeyAlgorithm, PublicKeys, RefusalReason, StrictJws } from '@auth/verify';
import { AuthError, hasGoodSignature, parsePayload, readClock, readStrictJws, signJws } from '@auth/verify';
import { skewSeconds } from '@auth/verify/times';
import type { FeedEvent, VerifiedEvent } from './feed-event.ts';
import { claimsOf, parseClaims } from './feed-event.ts';

/** A security event token that is not to be believed. `reason` is fit for a log and a metric; the message holds no token. */
export class SecurityEventError extends Error {
  override readonly name = 'SecurityEventError';
  readonly code = 'invalid_security_event';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`invalid_security_event: ${reason}`);
    this.reason = reason;
  }
}

/** The longest token that is looked at, in characters. */
export const maxTokenLength = 8192;
/** The one `typ` of a security event token (RFC 8417 §2.3): neither an access token nor a service token. */
const typ = 'secevent+jwt';

/** The issuer's private key: the one it signs access tokens with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: PublicKeyAlgorithm;
  readonly key: KeyObject;
}

export interface SignFeedEventOptions {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly key: SigningKey;
  readonly now: Clock;
}

/**
 * An event as a signed Security Event Token (RFC 8417), with the event types of CAEP. Names a session, never a user.
 *
 * @throws TypeError for an event that no verifier would take
 */
export function signFeedEvent(event: FeedEvent, { issuer, key, now }: SignFeedEventOptions): string {
  const token = { iss: issuer, iat: readClock(now), jti: randomBytes(16).toString('base64url') };
  return signJws(claimsOf(event, token), { ...key, typ });
}

export interface FeedEventVerifierOptions {
  /** The `iss` every token must carry. */
  readonly issuer: string;
  /** The issuer's public keys as they are now. May throw an AuthError `unavailable`, which is passed on. */
  readonly keys: () => PublicKeys;
  readonly now: Clock;
}

export interface FeedEventVerifier {
  /**
   * The event of a good token, and when it was signed (`at`, seconds since 1970).
   *
   * @throws SecurityEventError for any other text
   */
  verify(token: string): VerifiedEvent;
}

/**
 * Creates the verifier of the feed's events. Checks the signature and the claims. A heartbeat without a `beat` is ordered
 * by its time, so it may not come from the future: it would outrank all later ones. Does not check whether a token is old
 * or was seen before: an event stays true, and the subscriber accepts only newer heartbeats.
 */
export function createFeedEventVerifier({ issuer, keys, now }: FeedEventVerifierOptions): FeedEventVerifier {
  return {
    verify(token) {
      const jws = readJws(token);
      const { kid, alg } = jws.header;
      const key = keys().get(kid);
      if (key === undefined) return refuse('kid_unknown');
      if (key.alg !== alg) return refuse('header');
      if (!hasGoodSignature(jws, key)) return refuse('signature');
      // It has no `exp` (RFC 8417 §2.2): an event does not cease to have happened.
      const parsed = parseClaims(parsePayload(jws));
      if (parsed === undefined) return refuse('claims');
      const { iss, ...event } = parsed;
      if (iss !== issuer) return refuse('issuer');
      if (event.kind === 'heartbeat' && event.beat === 0 && event.at > readClock(now) + skewSeconds) {
        return refuse('not_yet_valid');
      }
      return event;
    },
  };
}

function readJws(token: string): StrictJws {
  try {
    return readStrictJws(token, { maxLength: maxTokenLength, typ, code: 'invalid_token' });
  } catch (error) {
    if (error instanceof AuthError) throw new SecurityEventError(error.reason);
    throw error;
  }
}

function refuse(reason: SecurityEventError['reason']): never {
  throw new SecurityEventError(reason);
}
