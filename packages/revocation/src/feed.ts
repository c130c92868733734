/** The feed as the leader of the issuer writes it. */
export interface FeedWriter {
  /** Appends tokens in order. What was published may be published again: readers do not mind. Rejects when it is not certain. */
  publish(tokens: readonly string[], options?: PublishOptions): Promise<void>;
  /**
   * Whether everything published since the last compaction is still there. False before the first compaction, and when
   * something else has written, truncated, replaced or lost the feed: then it must be compacted at once.
   */
  isWhole(): boolean;
  /**
   * Publishes the tokens of `keep` again, in order, and may remove everything that was there when it began. `publish` may be
   * called meanwhile, also by the iteration itself; its tokens stay.
   */
  compact(keep: Iterable<string> | AsyncIterable<string>): Promise<void>;
  close(): Promise<void>;
}

/** How tokens are published. */
export interface PublishOptions {
  /** The tokens are superseded soon, as heartbeats are: a power failure may lose them. Events are on the disk first. */
  readonly isShortLived?: boolean;
}

export interface FeedWriterOptions {
  /** The fencing number of the leader that writes; 1 by default, for a single writer. */
  readonly term?: number;
  /** Whether that leader still leads: checked before writes that an earlier leader must not make. True by default. */
  readonly isHeld?: () => boolean;
}

/** The error of a writer whose process no longer leads. */
export function superseded(why: string): Error {
  return new Error(`this process does not lead any more: ${why}`);
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

/** Follows what is published, from the first token there is. */
export interface FeedReader {
  /** Reads everything that is there again, from the first token on. */
  startOver(): void;
  /** Replaces a connection that still answers with a new one, which may lead to another server. */
  reconnect(): void;
  /** Resolves when nothing more will be handed over. */
  close(): Promise<void>;
}

export interface FeedReaderOptions {
  /**
   * Told what was read, in order; nothing more is read before it resolves. Unchecked: a text that is longer than any
   * token is cut.
   */
  readonly onTokens: (tokens: readonly string[]) => Promise<void>;
  /** Called when the next token will be the first one of the feed. */
  readonly onStart?: () => void;
  /** Told why nothing can be read for now. It is tried again for ever. */
  readonly onTrouble: (error: Error) => void;
}

/** Refuses to publish what would spoil the feed for everybody. @throws TypeError */
export function assertTokens(tokens: readonly string[]): void {
  if (!tokens.every((token) => /^[\w.-]+$/.test(token))) throw new TypeError('only compact tokens can be published');
}

/** Makes a queue of one: each work begins when the one before has ended, well or not. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
}
