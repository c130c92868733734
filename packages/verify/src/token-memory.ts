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

/** What is known of tokens that were good. Does not check that they still are. */
export interface TokenMemory<Known> {
  /** What was set for this very token. */
  get(token: string): Known | undefined;
  /** Remembers a token that is set for the second time. `parts`: how many entries the lists of the claims have together. */
  set(token: string, known: Known, parts: number): void;
  delete(token: string): void;
  size(): TokenMemorySize;
}

interface Entry<Known> {
  readonly key: string;
  readonly token: string;
  readonly known: Known;
  readonly bytes: number;
}

class Generation<Known> {
  readonly entries = new Map<string, Entry<Known>>();
  bytes = 0;

  add(entry: Entry<Known>): void {
    this.entries.set(entry.key, entry);
    this.bytes += entry.bytes;
  }

  take(key: string): Entry<Known> | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    this.bytes -= entry.bytes;
    return entry;
  }
}

/**
 * Creates a memory of tokens with bounds on their number and on their bytes. Tokens are in two generations: at half of a
 * bound the young one becomes the old one, and the old one goes as a whole; a token that is used moves to the young one.
 * So eviction costs nothing per token, and what is used stays while at least half of the memory is filled with others.
 * A token that is seen once leaves a mark of four bytes: a flood of tokens that are used once evicts nothing.
 */
export function createTokenMemory<Known>({ maxTokens, maxBytes }: TokenMemoryOptions): TokenMemory<Known> {
  const halfTokens = Math.max(1, Math.floor(maxTokens / 2));
  const halfBytes = Math.floor(maxBytes / 2);
  const isSeenAgain = createMarks(maxTokens);
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
      const key = keyOf(token);
      const entry = young.entries.get(key) ?? old.entries.get(key);
      // The key only finds it: a signature can be sent under another header or payload.
      if (entry?.token !== token) return undefined;
      if (old.take(key) !== undefined) add(entry);
      return entry.known;
    },
    set(token, known, parts) {
      const bytes = bytesOf(token, parts);
      if (bytes > halfBytes || token.length > scratch.length || !isSeenAgain(token)) return;
      const copy = copyOf(token);
      const key = keyOf(copy);
      young.take(key);
      old.take(key);
      add({ key, token: copy, known, bytes });
    },
    delete(token) {
      const key = keyOf(token);
      for (const generation of [young, old]) if (generation.entries.get(key)?.token === token) generation.take(key);
    },
    size: () => ({ tokens: young.entries.size + old.entries.size, bytes: young.bytes + old.bytes }),
  };
}

/** The end of the signature, 258 bits: hashing the whole token for each look-up would take longer than all the rest. */
function keyOf(token: string): string {
  return token.slice(-43);
}

/** Marks of tokens that were seen, each in the one place that it can be in; the next one for that place replaces it. */
function createMarks(maxTokens: number): (token: string) => boolean {
  const marks = new Int32Array(2 ** Math.ceil(Math.log2(4 * maxTokens + 1000)));
  return (token) => {
    let mark = 0;
    for (let index = token.length - 12; index < token.length; index += 1) {
      mark = (Math.imul(mark, 31) + token.charCodeAt(index)) | 0;
    }
    const place = mark & (marks.length - 1);
    const isKnown = marks[place] === mark;
    marks[place] = mark;
    return isKnown;
  };
}

/** Holds a token while it is copied. */
const scratch = Buffer.alloc(8192);

/** A text of its own: a part of a text keeps the whole of it in memory, such as the header it was cut from. */
function copyOf(token: string): string {
  return scratch.toString('latin1', 0, scratch.write(token, 'latin1'));
}

/** The token, its claims (as long as the token at most), their objects, and an entry of a list with its text. */
function bytesOf(token: string, parts: number): number {
  return 2 * token.length + 1024 + 64 * parts;
}
