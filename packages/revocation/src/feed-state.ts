import { type Clock, type MonotonicClock, type RevocationTable, readClock } from '@auth/verify';
import { isNewerHeartbeat, readClaimed, type VerifiedEvent } from './feed-event.ts';
import { createKnownEvents, createRereading } from './known-events.ts';
import { type FeedEventVerifier, maxTokenLength, SecurityEventError } from './security-event.ts';
import { type ClockReport, type CompleteHeartbeat, createClockCheck } from './staleness.ts';

/**
 * The outcome of a token. `applied`: its cut-off is in the table. `heartbeat`: newer than all before. `early`: a heartbeat
 * from the future, so a clock is wrong. `late`: a new heartbeat that is older than the bound. `fenced`: a heartbeat of a
 * replaced leader. `repeated`: already known. `unknown_key`: signed with a key that is not known (yet). `refused`:
 * forged or malformed.
 */
export type TokenOutcome =
  | 'applied'
  | 'heartbeat'
  | 'early'
  | 'late'
  | 'fenced'
  | 'repeated'
  | 'unknown_key'
  | 'refused';

/** The part of the feed that a verifier knows. */
export interface FeedState {
  /** Called when the next token is the first one of the feed. */
  startOver(): void;
  /** @throws AuthError `unavailable` while there are no keys at all */
  take(token: string): TokenOutcome;
  /** Checks whether every event that the newest heartbeat counts is known. Called after a batch of tokens. */
  settle(): void;
  /** Whether events are missing or in doubt, so that the feed has to be read again. */
  hasGap(): boolean;
  /** Whether the feed is being read again, and the newest heartbeat was not reached yet. */
  isRereading(): boolean;
  /** The newest heartbeat at which the verifier was complete; `undefined` before the first time. */
  complete(): CompleteHeartbeat | undefined;
  clock(): ClockReport;
  /** The newest heartbeat, and the number of events in memory. */
  stats(): {
    readonly term: number;
    readonly floor: number;
    readonly last: number;
    readonly heartbeatAt: number;
    readonly known: number;
  };
}

export interface FeedStateOptions {
  readonly verifier: FeedEventVerifier;
  readonly table: RevocationTable;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
  readonly staleAfterSeconds: number;
}

/** The most events in memory; at more, the verifier forgets them all and reads the feed again, which is slow and safe. */
const capacity = 1_000_000;

type VerifiedHeartbeat = Extract<VerifiedEvent, { kind: 'heartbeat' }>;
type VerifiedCutOff = Exclude<VerifiedEvent, VerifiedHeartbeat>;

/** Creates the state of a verifier of a feed. Tokens may arrive in any order, repeatedly, or not at all. */
export function createFeedState(options: FeedStateOptions): FeedState {
  const { verifier, table, now, monotonicMs } = options;
  const known = createKnownEvents();
  const rereading = createRereading();
  const clock = createClockCheck(options);
  let newest: (VerifiedHeartbeat & { readonly token: string; readonly arrivedMs: number }) | undefined;
  /** Numbers above this one were assigned in the term of the newest heartbeat. */
  let lastBeforeTerm = 0;
  /** Known events must be read again, since the issuer may have assigned their numbers to other events. */
  let isInDoubt = false;
  /** Whether an event with an unknown key was read since the last reading of the feed began. */
  let isUnread = false;
  let complete: CompleteHeartbeat | undefined;

  /** Recognizes known tokens without verification, which is the main cost of reading a feed again. Also stops replays. */
  function outcomeUnverified(token: string): TokenOutcome | undefined {
    if (token.length > maxTokenLength) return undefined;
    const claimed = readClaimed(token);
    if (claimed === undefined) return undefined;
    if (claimed.kind === 'event') return known.has(claimed.seq, token) ? 'repeated' : undefined;
    if (newest !== undefined && claimed.term < newest.term) return 'fenced';
    if (isNewerHeartbeat(claimed, newest, readClock(now))) return undefined;
    if (token === newest?.token) rereading.reachHeartbeat();
    return 'repeated';
  }

  function apply(event: VerifiedCutOff, token: string): TokenOutcome {
    const { sid, keepUntil, seq, term } = event;
    // An event below the floor is applied as well: a wrong clock may have set the floor.
    const isHistory = newest !== undefined && seq < newest.floor;
    if (isHistory && table.size >= capacity) return 'repeated';
    // In any term, since an ended session stays ended. No token that the event concerns was issued after `keepUntil`.
    table.put({
      sid,
      keepUntil,
      notBefore: event.kind === 'session-revoked' ? 'ended' : Math.min(event.notBefore, keepUntil),
    });
    // A replaced leader must not occupy a number that its successor assigns to another event.
    const isFenced = newest !== undefined && term < newest.term && seq > lastBeforeTerm;
    if (isHistory || isFenced) return 'applied';
    if (known.size >= capacity) known.clear();
    known.add(seq, token);
    return 'applied';
  }

  function applyHeartbeat(heartbeat: VerifiedHeartbeat, token: string): TokenOutcome {
    if (newest !== undefined && heartbeat.term < newest.term) return 'fenced';
    if (!isNewerHeartbeat(heartbeat, newest, readClock(now))) return 'repeated';
    // The database of a new leader may be a restored backup: new events may have the numbers of known ones.
    const isNewLeader = newest !== undefined && (heartbeat.term > newest.term || heartbeat.last < newest.last);
    if (newest === undefined || isNewLeader) lastBeforeTerm = heartbeat.last;
    if (isNewLeader) {
      isInDoubt = true;
      known.doubtAll(lastBeforeTerm);
      rereading.finish();
      rereading.want();
    }
    // The table keeps their cut-offs. A floor that a wrong clock set too high goes down again, and they are read again.
    known.forgetBelow(heartbeat.floor);
    table.sweep();
    newest = { ...heartbeat, token, arrivedMs: monotonicMs() };
    rereading.reachHeartbeat();
    return clock.compare(heartbeat.at);
  }

  function refusalOf(error: SecurityEventError, token: string): TokenOutcome {
    if (error.reason === 'not_yet_valid') {
      // The signature is good and the time is in the future: the clocks differ, and either may be wrong.
      const claimed = readClaimed(token);
      complete = undefined;
      return claimed?.kind === 'heartbeat' ? clock.compare(claimed.at) : 'refused';
    }
    if (error.reason !== 'kid_unknown') return 'refused';
    if (readClaimed(token)?.kind === 'event') isUnread = true;
    return 'unknown_key';
  }

  function isComplete(): boolean {
    if (newest === undefined || (isInDoubt && !rereading.isDone())) return false;
    const { term, floor, last } = newest;
    if (known.covers(floor, last)) return true;
    // A build before terms leaves out events that no longer matter, except the one at the floor. An event was left out
    // when it is missing after the whole feed was read again, up to the heartbeat that counts it.
    const isLeftOut = term === 0 && rereading.isDone() && !isUnread && known.covers(floor, floor);
    if (isLeftOut && last - floor < capacity) known.presumeDead(floor, last);
    return isLeftOut && known.covers(floor, last);
  }

  return {
    startOver() {
      isUnread = false;
      rereading.begin();
    },
    take(token) {
      const outcome = outcomeUnverified(token);
      if (outcome !== undefined) return outcome;
      try {
        const event = verifier.verify(token);
        return event.kind === 'heartbeat' ? applyHeartbeat(event, token) : apply(event, token);
      } catch (error) {
        if (!(error instanceof SecurityEventError)) throw error;
        return refusalOf(error, token);
      }
    },
    settle() {
      if (clock.wasSetBack()) known.clear();
      if (newest === undefined) return;
      if (!isComplete()) return rereading.want();
      const { at, arrivedMs } = newest;
      complete = { at, arrivedMs };
      isInDoubt = false;
      known.forgetDoubts();
      rereading.finish();
    },
    hasGap: () => newest !== undefined && rereading.isWanted(),
    isRereading: rereading.isUnderWay,
    complete: () => complete,
    clock: clock.report,
    stats: () => ({
      term: newest?.term ?? 0,
      floor: newest?.floor ?? 0,
      last: newest?.last ?? 0,
      heartbeatAt: newest?.at ?? 0,
      known: known.size,
    }),
  };
}
