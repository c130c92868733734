/** The numbers of known events, each with its token. */
export interface KnownEvents {
  /** Whether the token is known under the number. Removes the doubt about a token in doubt. */
  has(seq: number, token: string): boolean;
  add(seq: number, token: string): void;
  /** Whether every number from `floor` to `last` is known. */
  covers(floor: number, last: number): boolean;
  /** Marks the missing numbers above `floor` as events that no longer matter. A token with such a number counts as new. */
  presumeDead(floor: number, last: number): void;
  /** Puts all known events in doubt until they are read again. Those above `upTo` are then verified again. */
  doubtAll(upTo: number): void;
  /** Forgets the events in doubt that were not read again. */
  forgetDoubts(): void;
  forgetBelow(floor: number): void;
  clear(): void;
  readonly size: number;
}

/** The length of the end of a signature that identifies a token: a second token with the same end cannot be made. */
const tailLength = 16;
const deadTail = '';

/** Creates the record of known events, whose size is the number of events that still matter. */
export function createKnownEvents(): KnownEvents {
  let tails = new Map<number, string>();
  let doubted = new Map<number, string>();
  /** Every number of this range is known. */
  let range = { from: 1, to: 0 };

  return {
    get size() {
      return tails.size + doubted.size;
    },
    has(seq, token) {
      const tail = token.slice(-tailLength);
      if (tails.get(seq) === tail) return true;
      const before = doubted.get(seq);
      if (before !== tail) return false;
      doubted.delete(seq);
      tails.set(seq, before);
      return true;
    },
    add(seq, token) {
      // A copy: a slice would keep the whole token.
      tails.set(seq, Buffer.from(token.slice(-tailLength), 'latin1').toString('latin1'));
    },
    covers(floor, last) {
      if (floor < range.from || floor > range.to + 1) range = { from: floor, to: floor - 1 };
      while (range.to < last && tails.has(range.to + 1)) range.to += 1;
      return range.to >= last;
    },
    presumeDead(floor, last) {
      for (let seq = floor + 1; seq <= last; seq += 1) if (!tails.has(seq)) tails.set(seq, deadTail);
    },
    doubtAll(upTo) {
      for (const [seq, tail] of tails) if (tail !== deadTail) doubted.set(seq, tail);
      for (const seq of doubted.keys()) if (seq > upTo) doubted.delete(seq);
      tails = new Map();
      range = { from: 1, to: 0 };
    },
    forgetDoubts() {
      if (doubted.size > 0) doubted = new Map();
    },
    forgetBelow(floor) {
      for (const seq of tails.keys()) if (seq < floor) tails.delete(seq);
      // When the floor goes down again, the forgotten numbers count as missing.
      if (range.from < floor) range = { from: floor, to: Math.max(range.to, floor - 1) };
    },
    clear() {
      tails = new Map();
      doubted = new Map();
      range = { from: 1, to: 0 };
    },
  };
}

/** The state of reading the feed again from its first token. */
export interface Rereading {
  /** Called when an event is missing or in doubt. The verifier is not complete until the feed was read again. */
  want(): void;
  /** Called when the next token is the first one of the feed. */
  begin(): void;
  /** Called when the newest heartbeat, or a newer one, was read: all events that a heartbeat counts come before it. */
  reachHeartbeat(): void;
  /** Called when no event is missing or in doubt any more. */
  finish(): void;
  isWanted(): boolean;
  isUnderWay(): boolean;
  isDone(): boolean;
}

/** Creates the record of one rereading: wanted, under way, done. */
export function createRereading(): Rereading {
  let state: 'none' | 'wanted' | 'under way' | 'done' = 'none';
  return {
    want() {
      if (state === 'none') state = 'wanted';
    },
    begin() {
      if (state !== 'none') state = 'under way';
    },
    reachHeartbeat() {
      if (state === 'under way') state = 'done';
    },
    finish() {
      state = 'none';
    },
    isWanted: () => state !== 'none',
    isUnderWay: () => state === 'under way',
    isDone: () => state === 'done',
  };
}
