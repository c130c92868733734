/** So many tries in so many seconds, counted apart for each key. */
export interface Limit {
  /** Of letters and dashes. */
  readonly name: string;
  readonly tries: number;
  readonly windowSeconds: number;
}

/** The tries of one key in the window that runs, the last one included. */
export interface Count {
  readonly tries: number;
  readonly resetSeconds: number;
}

/** Counts the tries of one limit. Never rejects: when what it counts in is down, it counts on by itself. */
export interface Counter {
  count(key: string): Promise<Count>;
  /** Takes back one count. */
  giveBack(key: string): Promise<void>;
  /** Takes back all of them. */
  forget(key: string): Promise<void>;
}

export type RateLimitStore = (limit: Limit) => Counter;

/** How one limit stands after a try. */
export interface Standing extends Count {
  readonly limit: Limit;
}

/** A limit in use: `count` answers `undefined` where there is none. */
export interface OpenLimit extends Pick<Counter, 'giveBack' | 'forget'> {
  count(key: string): Promise<Standing | undefined>;
}

/** Opens a limit; one of 0 tries is none at all. */
export function openLimit(store: RateLimitStore, limit: Limit): OpenLimit {
  if (limit.tries === 0) return { count: async () => undefined, giveBack: async () => {}, forget: async () => {} };
  const counter = store(limit);
  return { ...counter, count: async (key) => ({ limit, ...(await counter.count(key)) }) };
}

/** Too many tries. */
export class RateLimitError extends Error {
  override readonly name = 'RateLimitError';
  readonly limit: string;
  readonly retryAfterSeconds: number;

  constructor({ limit, resetSeconds }: Standing) {
    super(`too many tries: ${limit.name}`);
    this.limit = limit.name;
    this.retryAfterSeconds = resetSeconds;
  }
}
