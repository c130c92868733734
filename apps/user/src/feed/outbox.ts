/** A cut-off in the outbox. */
export interface OutboxEvent {
  /** Its number in the feed: from 1, without gaps. */
  readonly seq: number;
  readonly kind: 'session-revoked' | 'token-claims-change';
  readonly sid: string;
  /** Only for a claims change. */
  readonly notBefore: number | undefined;
  readonly reason: string;
  /** From this time on it concerns no token. Seconds since 1970. */
  readonly keepUntil: number;
  /** The term in which it was numbered; `undefined` when a build without terms numbered it. */
  readonly term: number | undefined;
  /** The signed event, when there is one. */
  readonly token: string | undefined;
}

/** An event and the token that is published for it. */
export interface SignedEvent {
  readonly seq: number;
  readonly token: string;
}

/** The outbox for one term: each write is refused after a later term has begun. */
export interface Outbox {
  /** Begins the term: from then on writes of an earlier term are refused. */
  begin(): Promise<void>;
  /** Whether events are not published yet, and the number of the last event up to which all are published. */
  look(): Promise<{ readonly isWaiting: boolean; readonly last: number }>;
  /** Numbers the events that have none, and returns those that are not published yet, in order. */
  takeUnpublished(limit: number): Promise<readonly OutboxEvent[]>;
  /** Stores the tokens of numbered events. */
  keep(signed: readonly SignedEvent[]): Promise<void>;
  markPublished(upTo: number): Promise<void>;
  /** The lowest number of an event that may still concern a token, `last + 1` when none does. `at` in seconds since 1970. */
  floor(last: number, at: number): Promise<number>;
  /** Events from one number to another, in order, as many as the limit at most. */
  between(from: number, to: number, limit: number): Promise<readonly OutboxEvent[]>;
}
