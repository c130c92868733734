import type { Clock, RevocationTable } from '@auth/verify';
import { readClock } from '@auth/verify';
import { readClaimed } from './claimed-event.ts';
import type { FeedEvent, Heartbeat } from './feed-event.ts';
import { createKnownEvents } from './known-events.ts';
import type { FeedEventVerifier } from './security-event.ts';
import { maxTokenLength } from './security-event.ts';
import { SecurityEventError } from './security-event-error.ts';

/**
 * What became of a token. `applied`: its cut-off is in the table. `heartbeat`: newer than all before. `repeated`: it
 * brings nothing new. `unknown_key`: signed with a key that is not known (yet). `refused`: anything else.
 */
export type TokenOutcome = 'applied' | 'heartbeat' | 'repeated' | 'unknown_key' | 'refused';

/** How far the feed is known. */
export interface FeedState {
  /** @throws AuthError `unavailable` while there are no keys at all */
  take(token: string): TokenOutcome;
  /** Looks whether all is known that the newest heartbeat speaks of. To be called after some tokens were taken. */
  settle(): void;
  /** Events are missing, says a heartbeat that is not old: they have to be read again. */
  hasGap(): boolean;
  /** Seconds since 1970 when everything was last known to be known; `undefined` before the first time. */
  freshAt(): number | undefined;
  /** The newest heartbeat, and the number of events in memory. */
  stats(): { readonly floor: number; readonly last: number; readonly heartbeatAt: number; readonly known: number };
}

export interface FeedStateOptions {
  readonly verifier: FeedEventVerifier;
  readonly table: RevocationTable;
  readonly now: Clock;
  readonly staleAfterSeconds: number;
}

/** How far the clocks of issuer and verifier may differ. */
const skewSeconds = 5;
/** Events that matter at a time; more make the verifier begin again, which is slow and safe. */
const capacity = 1_000_000;

type Dated<E> = E & { readonly at: number };

/** Makes the state of a verifier that reads a feed: what is true of it whatever order, repetition and loss there are. */
export function createFeedState({ verifier, table, now, staleAfterSeconds }: FeedStateOptions): FeedState {
  const known = createKnownEvents();
  let newest: (Dated<Heartbeat> & { readonly arrivedAt: number }) | undefined;
  let freshAt: number | undefined;

  /** Verifying is what costs, and a feed that is read again brings little else. Also keeps the past from being replayed. */
  function bringsNothing(token: string): boolean {
    if (token.length > maxTokenLength) return false;
    const claimed = readClaimed(token);
    if (claimed === undefined) return false;
    if (claimed.kind === 'heartbeat') return !isNewer(claimed);
    const isOver = newest !== undefined && claimed.seq < newest.floor && claimed.keepUntil <= readClock(now);
    return isOver || known.has(claimed.seq, token);
  }

  function isNewer({ at, last }: { readonly at: number; readonly last: number }): boolean {
    return newest === undefined || at > newest.at || (at === newest.at && last > newest.last);
  }

  function apply(event: Dated<FeedEvent>, token: string): TokenOutcome {
    if (event.kind === 'heartbeat') return applyHeartbeat(event);
    const { sid, keepUntil, seq } = event;
    table.put({ sid, keepUntil, notBefore: event.kind === 'session-revoked' ? 'ended' : event.notBefore });
    if (known.size >= capacity) known.clear();
    known.add(seq, token);
    return 'applied';
  }

  function applyHeartbeat(heartbeat: Dated<Heartbeat>): TokenOutcome {
    if (!isNewer(heartbeat)) return 'repeated';
    // The issuer counts from a lower number again, as after a restored backup: its next events only look like known ones.
    if (newest !== undefined && heartbeat.last < newest.last) known.clear();
    known.forgetBelow(heartbeat.floor);
    table.sweep();
    newest = { ...heartbeat, arrivedAt: readClock(now) };
    return 'heartbeat';
  }

  /** A broker that delivers late must not look fresh. */
  function isRecent(): boolean {
    return newest !== undefined && newest.at >= readClock(now) - staleAfterSeconds - skewSeconds;
  }

  function isComplete(): boolean {
    return newest !== undefined && known.covers(newest.floor, newest.last);
  }

  return {
    take(token) {
      if (bringsNothing(token)) return 'repeated';
      try {
        return apply(verifier.verify(token), token);
      } catch (error) {
        if (!(error instanceof SecurityEventError)) throw error;
        return error.reason === 'kid_unknown' ? 'unknown_key' : 'refused';
      }
    },
    settle() {
      if (newest !== undefined && isRecent() && isComplete()) freshAt = newest.arrivedAt;
    },
    hasGap: () => isRecent() && !isComplete(),
    freshAt: () => freshAt,
    stats: () => ({
      ...{ floor: newest?.floor ?? 0, last: newest?.last ?? 0, heartbeatAt: newest?.at ?? 0 },
      known: known.size,
    }),
  };
}
