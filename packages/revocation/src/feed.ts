/** Where the issuer publishes: one process at a time. */
export interface FeedWriter {
  /** Appends tokens in order. What was published may be published again: readers do not mind. Rejects when it is not certain. */
  publish(tokens: readonly string[]): Promise<void>;
  /** `keep` are the tokens that must stay, in order; everything older may go. */
  compact(keep: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Follows what is published, from the first token there is. */
export interface FeedReader {
  /** Reads everything that is there again, from the first token on. */
  startOver(): void;
  /** Gives up a connection that still answers for a new one, which may lead to another server. */
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
