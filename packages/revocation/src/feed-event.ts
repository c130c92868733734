/** No token of a session passes any more. */
export interface SessionRevoked {
  readonly kind: 'session-revoked';
  /** Its number: the issuer counts its events from 1, without holes. */
  readonly seq: number;
  readonly sid: string;
  /** Seconds since 1970 from which on no token it concerns can be valid, skew included. */
  readonly keepUntil: number;
  /** Why, in a word: `logout`, `reuse`. Not about whom. */
  readonly reason: string;
}

/** The tokens of a session with `iat <= notBefore` do not pass any more: their claims are no longer true. */
export interface TokenClaimsChange {
  readonly kind: 'token-claims-change';
  readonly seq: number;
  readonly sid: string;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly keepUntil: number;
  readonly reason: string;
}

/** What there is to know, every second, so that nobody can hide an event. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  /** The lowest number that may still matter: all below have expired. `last + 1` when none does. */
  readonly floor: number;
  /** The number of the last published event, 0 before the first. */
  readonly last: number;
}

/** What the issuer publishes to all verifiers. */
export type FeedEvent = SessionRevoked | TokenClaimsChange | Heartbeat;
