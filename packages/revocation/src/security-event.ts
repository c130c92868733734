import { type KeyObject, randomBytes } from 'node:crypto';
import {
  AuthError,
  type Clock,
  hasGoodSignature,
  type PublicKeyAlgorithm,
  type PublicKeys,
  parsePayload,
  type RefusalReason,
  readClock,
  readStrictJws,
  type StrictJws,
  signJws,
} from '@auth/verify';
import { skewSeconds } from '@auth/verify/times';
import { claimsOf, type FeedEvent, parseClaims, type VerifiedEvent } from './feed-event.ts';

/** The refusal of a security event token. `reason` is fit for a log and a metric; the message holds no token. */
export class SecurityEventError extends Error {
  override readonly name = 'SecurityEventError';
  readonly code = 'invalid_security_event';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`invalid_security_event: ${reason}`);
    this.reason = reason;
  }
}

/** The longest token that is parsed, in characters. */
export const maxTokenLength = 8192;
/** The `typ` of a security event token (RFC 8417 §2.3), which no access token and no service token has. */
const typ = 'secevent+jwt';

/** The issuer's private key, which also signs access tokens. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: PublicKeyAlgorithm;
  readonly key: KeyObject;
}

export interface SignFeedEventOptions {
  /** The `iss` of the token. */
  readonly issuer: string;
  readonly key: SigningKey;
  readonly now: Clock;
}

/**
 * Signs an event as a Security Event Token (RFC 8417), with the event types of CAEP. Names a session, never a user.
 *
 * @throws TypeError for an event that every verifier would refuse
 */
export function signFeedEvent(event: FeedEvent, { issuer, key, now }: SignFeedEventOptions): string {
  const token = { iss: issuer, iat: readClock(now), jti: randomBytes(16).toString('base64url') };
  return signJws(claimsOf(event, token), { ...key, typ });
}

export interface FeedEventVerifierOptions {
  /** The `iss` every token must carry. */
  readonly issuer: string;
  /** The issuer's current public keys. May throw an AuthError `unavailable`, which `verify` throws as well. */
  readonly keys: () => PublicKeys;
  readonly now: Clock;
}

export interface FeedEventVerifier {
  /**
   * Returns the event of a valid token, and the time of its signature (`at`, seconds since 1970).
   *
   * @throws SecurityEventError for any other text
   */
  verify(token: string): VerifiedEvent;
}

/**
 * Creates the verifier of the feed's events, which checks signature and claims. A heartbeat without a `beat` is ordered
 * by its time, so one from the future is refused: it would outrank all later ones. Does not check whether a token is old
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
      // `exp` is not used (RFC 8417 §2.2): an event does not cease to have happened.
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
    return readStrictJws(token, { maxLength: maxTokenLength, typ: [typ], code: 'invalid_token' });
  } catch (error) {
    if (error instanceof AuthError) throw new SecurityEventError(error.reason);
    throw error;
  }
}

function refuse(reason: SecurityEventError['reason']): never {
  throw new SecurityEventError(reason);
}
