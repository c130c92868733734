/** A cut-off in the outbox. */
export interface OutboxEvent {
  /** The number in the feed: from 1, without gaps. */
  readonly seq: number;
  readonly kind: 'session-revoked' | 'token-claims-change';
  readonly sid: string;
  /** Only for a claims change. */
  readonly notBefore: number | undefined;
  readonly reason: string;
  /** The time from which on the event concerns no token. Seconds since 1970. */
  readonly keepUntil: number;
  /** The term in which the event was numbered; `undefined` when a build without terms numbered it. */
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
  /** Returns whether events wait to be published, and the number up to which all are published. */
  check(): Promise<{ readonly isWaiting: boolean; readonly last: number }>;
  /** Numbers new events, and returns the unpublished ones in order. */
  takeUnpublished(limit: number): Promise<readonly OutboxEvent[]>;
  /** Stores the tokens of numbered events. */
  keep(signed: readonly SignedEvent[]): Promise<void>;
  markPublished(upTo: number): Promise<void>;
  /** Returns the lowest number of an event that may still concern a token, `last + 1` when none does. `at` in seconds since 1970. */
  floor(last: number, at: number): Promise<number>;
  /** Returns the events from one number to another, in order, at most `limit` of them. */
  between(from: number, to: number, limit: number): Promise<readonly OutboxEvent[]>;
}
