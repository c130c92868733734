/** A number of tries in a window of time, counted separately for each key. */
export interface Limit {
  /** Letters and dashes. */
  readonly name: string;
  /** 0 for no limit. */
  readonly tries: number;
  readonly windowSeconds: number;
}

/** The tries of one key in the current window. */
export interface Count {
  readonly tries: number;
  readonly resetSeconds: number;
}

/** A count as the database has it. */
export interface StoredCount {
  readonly points: number;
  /** Milliseconds since 1970. */
  readonly expire: number;
}

/** Limits that a statement of the service's database checks itself, since the counts are there. */
export interface StoredTries {
  readonly keys: readonly string[];
  /** For each key: with so many tries, or more, nothing is done. */
  readonly below: readonly number[];
  /** The clock that counts expire by, in milliseconds since 1970. */
  readonly at: number;
  /** No true count expires later than that. */
  readonly latest: number;
}

/** Counts the tries of one limit. Never rejects: it counts in memory while the shared store is down. */
export interface Counter {
  /** Reads the count. */
  read(key: string): Promise<Count>;
  /** Adds one and returns the count. */
  count(key: string): Promise<Count>;
  /** Sets the count to 0. */
  forget(key: string): Promise<void>;
  /** Where the count of a key is in the database; undefined where it is elsewhere. */
  stored(key: string): StoredAt | undefined;
}

/** The place of a count in the database. */
export interface StoredAt {
  readonly key: string;
  /** How long a true count lasts at most. */
  readonly longestMs: number;
  /** What was found there. */
  countOf(found: StoredCount | undefined): Count;
}

export interface RateLimitStore {
  counter(limit: Limit): Counter;
  /**
   * A set of keys, each of which is forgotten after `windowSeconds`. Never rejects; keys may be forgotten early, and a
   * key that was not added is never found.
   */
  memory(name: string, windowSeconds: number): Memory;
}

export interface Memory {
  has(key: string): Promise<boolean>;
  /** False when the key was there already. */
  add(key: string): Promise<boolean>;
}

/** The state of one limit for one client. */
export interface Standing extends Count {
  readonly limit: Limit;
}

export const isExceeded = ({ tries, limit }: Standing): boolean => tries >= limit.tries;

/** Too many tries. */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
  readonly limit: string;
  /** When every limit that is exceeded allows tries again. */
  readonly retryAfterSeconds: number;

  /** @param exceeded at least one */
  constructor(exceeded: readonly Standing[]) {
    const names = exceeded.map(({ limit }) => limit.name).join(' ');
    super(`too many tries: ${names}`);
    this.limit = names;
    this.retryAfterSeconds = Math.max(1, ...exceeded.map(({ resetSeconds }) => resetSeconds));
  }
}
