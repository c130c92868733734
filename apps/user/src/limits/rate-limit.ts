/** A number of attempts in a window of time, counted separately for each key. */
export interface Limit {
  /** Letters and dashes. */
  readonly name: string;
  /** 0 for no limit. */
  readonly attempts: number;
  readonly windowSeconds: number;
}

/** The attempts of one key in the current window. */
export interface Count {
  readonly attempts: number;
  readonly resetSeconds: number;
}

/** The state of one limit for one key. */
export interface LimitState extends Count {
  readonly limit: Limit;
}

/** A count as its database row has it. */
export interface StoredCount {
  readonly points: number;
  /** Milliseconds since 1970. */
  readonly expire: number;
}

/** Limits that a database statement checks itself, since the counts are in the same database. */
export interface StoredLimits {
  readonly keys: readonly string[];
  /** The bound of each key: at a count that reaches it, the statement does nothing. */
  readonly below: readonly number[];
  /** The current time by which counts expire, in milliseconds since 1970. */
  readonly at: number;
  /** The latest time at which a valid count can expire, in milliseconds since 1970. */
  readonly latest: number;
}

/** Counts the attempts of one limit. Never rejects: it counts in memory while the shared store is down. */
export interface Counter {
  /** Reads the count. */
  read(key: string): Promise<Count>;
  /** Adds one and returns the count. */
  count(key: string): Promise<Count>;
  /** Sets the count to 0. */
  forget(key: string): Promise<void>;
  /** Returns the database row of a count; `undefined` while counts are elsewhere. */
  row(key: string): CountRow | undefined;
}

/** The database row of a count. */
export interface CountRow {
  readonly key: string;
  /** How long a valid count lasts at most. */
  readonly longestMs: number;
  /** Converts the content of the row. */
  countOf(found: StoredCount | undefined): Count;
}

/** Creates counters and memories that all replicas share. */
export interface RateLimitStore {
  counter(limit: Limit): Counter;
  /** Creates a set of keys. Each key is forgotten after `windowSeconds`. */
  memory(name: string, windowSeconds: number): Memory;
}

/**
 * A set of keys that expire. Never rejects. A key may be forgotten early, and a key that was not added is never found.
 */
export interface Memory {
  has(key: string): Promise<boolean>;
  /** Returns false when the key is already in the set. */
  add(key: string): Promise<boolean>;
}

export const isExceeded = ({ attempts, limit }: LimitState): boolean => attempts >= limit.attempts;

/** Refuses an attempt because limits are exceeded. */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
  /** The names of the exceeded limits, separated by spaces. */
  readonly limit: string;
  /** The time after which all exceeded limits allow attempts again. */
  readonly retryAfterSeconds: number;

  /** @param exceeded at least one */
  constructor(exceeded: readonly LimitState[]) {
    const names = exceeded.map(({ limit }) => limit.name).join(' ');
    super(`too many attempts: ${names}`);
    this.limit = names;
    this.retryAfterSeconds = Math.max(1, ...exceeded.map(({ resetSeconds }) => resetSeconds));
  }
}
