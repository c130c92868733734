/** What a memory of tokens holds. */
export interface TokenMemorySize {
  readonly tokens: number;
  /** An upper estimate: what a token and its claims take was measured by `pnpm bench:verify`. */
  readonly bytes: number;
}

export interface TokenMemoryOptions {
  readonly maxTokens: number;
  readonly maxBytes: number;
}

/** What is known of tokens that were good, under the whole token. Does not check that they still are. */
export interface TokenMemory<Known> {
  get(token: string): Known | undefined;
  /** `parts`: how many entries the lists of the claims have together. */
  set(token: string, known: Known, parts: number): void;
  delete(token: string): void;
  size(): TokenMemorySize;
}

interface Entry<Known> {
  readonly token: string;
  readonly known: Known;
  readonly bytes: number;
}

class Generation<Known> {
  readonly entries = new Map<string, Entry<Known>>();
  bytes = 0;

  add(entry: Entry<Known>): void {
    this.entries.set(entry.token, entry);
    this.bytes += entry.bytes;
  }

  take(token: string): Entry<Known> | undefined {
    const entry = this.entries.get(token);
    if (entry === undefined) return undefined;
    this.entries.delete(token);
    this.bytes -= entry.bytes;
    return entry;
  }
}

/**
 * Creates a memory of tokens with bounds on their number and on their bytes. Tokens are in two generations: at half of a
 * bound the young one becomes the old one, and the old one goes as a whole; a token that is used moves to the young one.
 * So eviction costs nothing per token, and what is used stays while at least half of the memory is filled with others.
 */
export function createTokenMemory<Known>({ maxTokens, maxBytes }: TokenMemoryOptions): TokenMemory<Known> {
  const halfTokens = Math.max(1, Math.floor(maxTokens / 2));
  const halfBytes = Math.floor(maxBytes / 2);
  let young = new Generation<Known>();
  let old = new Generation<Known>();

  function add(entry: Entry<Known>): void {
    if (young.entries.size >= halfTokens || young.bytes + entry.bytes > halfBytes) {
      // A memory of one token has no second half.
      old = 2 * halfTokens <= maxTokens ? young : new Generation();
      young = new Generation();
    }
    young.add(entry);
  }

  return {
    get(token) {
      const entry = young.entries.get(token);
      if (entry !== undefined) return entry.known;
      const aged = old.take(token);
      if (aged === undefined) return undefined;
      add(aged);
      return aged.known;
    },
    set(token, known, parts) {
      const bytes = bytesOf(token, parts);
      if (bytes > halfBytes || token.length > scratch.length) return;
      young.take(token);
      old.take(token);
      add({ token: copyOf(token), known, bytes });
    },
    delete(token) {
      young.take(token);
      old.take(token);
    },
    size: () => ({ tokens: young.entries.size + old.entries.size, bytes: young.bytes + old.bytes }),
  };
}

/** Holds a token while it is copied: an own buffer for each would cost more than the verification may. */
const scratch = Buffer.alloc(8192);

/** A text of its own: a part of a text keeps the whole of it in memory, such as the header it was cut from. */
function copyOf(token: string): string {
  return scratch.toString('latin1', 0, scratch.write(token, 'latin1'));
}

/** The token, its claims (as long as the token at most), their objects, and an entry of a list with its text. */
function bytesOf(token: string, parts: number): number {
  return 2 * token.length + 1024 + 64 * parts;
}
