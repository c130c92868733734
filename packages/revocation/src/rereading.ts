/** Where a verifier is with reading the feed again, from its first token on. */
export interface Rereading {
  /** Something is missing or in doubt. Until the feed was read again nothing can be said of it. */
  want(): void;
  /** The next token is the first one of the feed. */
  begin(): void;
  /** The newest heartbeat was read, or a newer one: everything that it counts stands before it. */
  reachHeartbeat(): void;
  /** Nothing is missing or in doubt any more. */
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
