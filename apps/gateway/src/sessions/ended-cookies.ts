export interface EndedCookiesStore {
  /** Hashes of the session cookies that ended within the last so many seconds, by the clock of the database. */
  findRecent(withinSeconds: number): Promise<readonly string[]>;
}

/** Holds the session cookies that ended a short while ago, so that no cached copy of such a session is used. */
export interface EndedCookies {
  /** True while the list is current; otherwise reads it first. False when the database does not answer. */
  update(): boolean | Promise<boolean>;
  has(hash: string): boolean;
  /** Adds a cookie that ended on this replica to the list. */
  add(hash: string): void;
}

export interface EndedCookiesOptions {
  readonly store: EndedCookiesStore;
  /** A monotonic clock, in milliseconds: `performance.now`. */
  readonly monotonicMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** The age from which the list is read again, in parallel with the requests that use it. */
const readAgainMs = 500;
/** The largest age of a list that is used: the bound for a logout at another replica while Redis does not work. */
const oldestMs = 1000;
/** How long a cookie stays on the list: much longer than a cached copy of its session lasts (`session-cache.ts`). */
export const keepSeconds = 600;
/** How much further back each read goes: an entry has the time at which its transaction began, not ended. */
const overlapSeconds = 30;

/** Creates the list. It is read only on demand: an idle gateway sends no queries. */
export function createEndedCookies({ store, monotonicMs, onError }: EndedCookiesOptions): EndedCookies {
  /** The expiry of each entry, the oldest first. */
  const ended = new Map<string, number>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<boolean> | undefined;

  function add(hash: string): void {
    ended.delete(hash);
    ended.set(hash, monotonicMs() + keepSeconds * 1000);
  }

  function removeOld(): void {
    const at = monotonicMs();
    for (const [hash, until] of ended) {
      if (until > at) return;
      ended.delete(hash);
    }
  }

  async function read(): Promise<boolean> {
    const startedAt = monotonicMs();
    const withinSeconds = Math.min(keepSeconds, (startedAt - readAt) / 1000 + overlapSeconds);
    try {
      for (const hash of await store.findRecent(withinSeconds)) add(hash);
      readAt = startedAt;
      removeOld();
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  function readOnce(): Promise<boolean> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    update() {
      const age = monotonicMs() - readAt;
      if (age < readAgainMs) return true;
      const current = readOnce();
      return age < oldestMs ? true : current;
    },
    has: (hash) => ended.has(hash),
    add,
  };
}
