/** Which numbers of the feed are known, and by which tokens. */
export interface KnownEvents {
  /** Whether this very token was added under its number. */
  has(seq: number, token: string): boolean;
  add(seq: number, token: string): void;
  /** Whether every number from `floor` to `last` is known. */
  covers(floor: number, last: number): boolean;
  forgetBelow(floor: number): void;
  clear(): void;
  readonly size: number;
}

/** The end of a signature: nobody can make another token with the same one. */
const tailLength = 16;

/** Makes the memory of what a feed has brought: as large as the events that still matter. */
export function createKnownEvents(): KnownEvents {
  const tails = new Map<number, string>();
  /** Every number from the last floor asked for up to this one is known. */
  let unbroken = 0;

  return {
    get size() {
      return tails.size;
    },
    has: (seq, token) => tails.get(seq) === token.slice(-tailLength),
    add(seq, token) {
      // A copy: a slice would keep the whole token.
      tails.set(seq, Buffer.from(token.slice(-tailLength), 'latin1').toString('latin1'));
    },
    covers(floor, last) {
      unbroken = Math.max(unbroken, floor - 1);
      while (unbroken < last && tails.has(unbroken + 1)) unbroken += 1;
      return unbroken >= last;
    },
    forgetBelow(floor) {
      for (const seq of tails.keys()) if (seq < floor) tails.delete(seq);
    },
    clear() {
      tails.clear();
      unbroken = 0;
    },
  };
}
