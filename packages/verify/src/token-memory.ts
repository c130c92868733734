import { longestToken } from './access-token-profile.ts';

/** The number and size of cached tokens. */
export interface TokenMemorySize {
  readonly tokens: number;
  /** An upper estimate, from the sizes that `pnpm bench:verify` measured. */
  readonly bytes: number;
}

export interface TokenMemoryOptions<Known> {
  readonly maxTokens: number;
  readonly maxBytes: number;
  /** Estimates the bytes of the lists and objects in what is stored. Called only when a token is stored. */
  readonly listBytes: (known: Known) => number;
}

/** A cache of verified tokens. Does not check that they are still valid. */
export interface TokenMemory<Known> {
  /** Returns what was stored for exactly this token. */
  get(token: string): Known | undefined;
  /** Stores a token at its second call; the first only marks it. */
  set(token: string, known: Known): void;
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
 * Creates a cache of tokens with limits on their number and bytes. Tokens are in two generations. When the young
 * generation reaches half of a limit, it replaces the old generation, whose tokens are evicted. A hit in the old
 * generation moves the token to the young one. So eviction costs nothing per token, and a token stays if less than half
 * of the cache is filled between two of its uses. A token that is seen once costs a mark of four bytes, so a flood of
 * tokens that are used once evicts nothing.
 */
export function createTokenMemory<Known>(options: TokenMemoryOptions<Known>): TokenMemory<Known> {
  const { maxTokens, maxBytes, listBytes } = options;
  const halfTokens = Math.max(1, Math.floor(maxTokens / 2));
  const halfBytes = Math.floor(maxBytes / 2);
  const isSeenAgain = createMarks(maxTokens);
  let young = new Generation<Known>();
  let old = new Generation<Known>();

  function add(entry: Entry<Known>): void {
    if (young.entries.size >= halfTokens || young.bytes + entry.bytes > halfBytes) {
      // With a maximum of one token there is no old generation.
      old = 2 * halfTokens <= maxTokens ? young : new Generation();
      young = new Generation();
    }
    young.add(entry);
  }

  return {
    get(token) {
      const key = keyOf(token);
      const entry = young.entries.get(key) ?? old.entries.get(key);
      // Equal keys do not mean equal tokens: the same signature can be sent under another header or payload.
      if (entry?.token !== token) return undefined;
      if (old.take(key) !== undefined) add(entry);
      return entry.known;
    },
    set(token, known) {
      if (token.length > scratch.length || !isSeenAgain(token)) return;
      const bytes = bytesOf(token, listBytes(known));
      if (bytes > halfBytes) return;
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

/** Returns the end of the signature, 258 bits. Hashing the whole token for each look-up would take longer than all the rest. */
function keyOf(token: string): string {
  return token.slice(-43);
}

/**
 * Creates a check whether a token was seen before. Each token hashes to one slot, which stores the hash. Another token
 * with the same slot overwrites it.
 */
function createMarks(maxTokens: number): (token: string) => boolean {
  const marks = new Int32Array(2 ** Math.ceil(Math.log2(4 * maxTokens + 1000)));
  return (token) => {
    let hash = 0;
    for (let index = token.length - 12; index < token.length; index += 1) {
      hash = (Math.imul(hash, 31) + token.charCodeAt(index)) | 0;
    }
    const slot = hash & (marks.length - 1);
    const isKnown = marks[slot] === hash;
    marks[slot] = hash;
    return isKnown;
  };
}

/** A buffer for `copyOf`. */
const scratch = Buffer.alloc(longestToken);

/** Copies a token. A part of a text keeps the whole text in memory, such as the header that it was cut from. */
function copyOf(token: string): string {
  return scratch.toString('latin1', 0, scratch.write(token, 'latin1'));
}

/**
 * Estimates the bytes of a token: its text, its claims (as long as the token at most), their objects, and what is in
 * their lists.
 */
function bytesOf(token: string, listBytes: number): number {
  return 2 * token.length + 1024 + listBytes;
}
