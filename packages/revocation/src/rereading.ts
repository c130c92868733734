/** The state of reading the feed again from its first token. */
export interface Rereading {
  /** Called when something is missing or in doubt. The verifier is not complete until the feed was read again. */
  want(): void;
  /** Called when the next token is the first one of the feed. */
  begin(): void;
  /** Called when the newest heartbeat was read, or a newer one: all events that it counts come before it. */
  reachHeartbeat(): void;
  /** Called when nothing is missing or in doubt any more. */
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
