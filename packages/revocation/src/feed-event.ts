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
  /** The term in which it was numbered: see `Heartbeat`. */
  readonly term?: number;
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
  readonly term?: number;
}

/** What there is to know, every second, so that nobody can hide an event. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
  /** The lowest number that is still published again: no event below it matters. `last + 1` when none matters. */
  readonly floor: number;
  /** The number of the last published event, 0 before the first. */
  readonly last: number;
  /**
   * The fencing number of the leader that signed: each new leader has a greater one, also after a restored backup. Builds
   * before this claim omit it, which counts as 0.
   */
  readonly term?: number;
  /** Counts the heartbeats of a term from 1. Heartbeats are ordered by `term`, then by `beat`, not by a clock. */
  readonly beat?: number;
}

/** What the issuer publishes to all verifiers. */
export type FeedEvent = SessionRevoked | TokenClaimsChange | Heartbeat;

/** A verified event. `at` is when it was signed, in seconds since 1970. */
export type VerifiedEvent =
  | ((SessionRevoked | TokenClaimsChange) & { readonly at: number; readonly term: number })
  | (Heartbeat & { readonly at: number; readonly term: number; readonly beat: number });
