/** Writes the feed, for the leader of the issuer. */
export interface FeedWriter {
  /** Appends tokens in order. A token may be published repeatedly. Rejects when it is not certain that all were published. */
  publish(tokens: readonly string[], options?: PublishOptions): Promise<void>;
  /**
   * Whether every token published since the last compaction is still there. False before the first compaction, and after
   * the feed was written, truncated, replaced or lost by something else: then it must be compacted at once.
   */
  isWhole(): boolean;
  /**
   * Publishes the tokens of `keep` again, in order, and may remove all tokens that were there at its start. `publish` may
   * be called meanwhile, also by the iteration itself; the tokens of such a call stay.
   */
  compact(keep: Iterable<string> | AsyncIterable<string>): Promise<void>;
  close(): Promise<void>;
}

export interface PublishOptions {
  /** Tokens that are superseded soon, such as heartbeats: a power failure may lose them. Others are flushed to the disk. */
  readonly isShortLived?: boolean;
}

export interface FeedWriterOptions {
  /** The fencing number of the leader that writes; 1 by default, for a single writer. */
  readonly term?: number;
  /** Whether that leader still leads: checked before writes that an earlier leader must not make. True by default. */
  readonly isHeld?: () => boolean;
}

/** Splits tokens into slices, so that no slice blocks the process. */
export async function* slicesOf(
  tokens: Iterable<string> | AsyncIterable<string>,
  length: number,
): AsyncGenerator<readonly string[]> {
  let slice: string[] = [];
  for await (const token of tokens) {
    if (slice.push(token) < length) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** Follows a feed from its first token. */
export interface FeedReader {
  /** Reads the feed again, from its first token. */
  startOver(): void;
  /** Replaces a connection that still answers with a new one, which may lead to another server. */
  reconnect(): void;
  /** Resolves when `onTokens` will not be called any more. */
  close(): Promise<void>;
}

export interface FeedReaderOptions {
  /**
   * Called with the tokens that were read, in order; reading continues when it resolves. The tokens are unchecked, and a
   * text that is longer than any token is cut.
   */
  readonly onTokens: (tokens: readonly string[]) => Promise<void>;
  /** Called when the next token will be the first one of the feed. */
  readonly onStart?: () => void;
  /** Called when the feed cannot be read. Reading is retried without end. */
  readonly onError: (error: Error) => void;
}

/** Checks that tokens are compact: any other text would break the feed for all readers. @throws TypeError */
export function assertTokens(tokens: readonly string[]): void {
  if (!tokens.every((token) => /^[\w.-]+$/.test(token))) throw new TypeError('only compact tokens can be published');
}

/** Creates a queue: each function starts after the previous one has resolved or rejected. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
}
