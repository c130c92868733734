import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, MonotonicClock, PublicKeys, Revocations } from '@auth/verify';
import { AuthError, createRevocationTable, processClock } from '@auth/verify';
import { feedStaleSeconds } from '@auth/verify/times';
import { readClaimed } from './claimed-event.ts';
import type { ClockReport } from './clock-check.ts';
import type { TokenOutcome } from './feed-state.ts';
import { createFeedState } from './feed-state.ts';
import { createKeptTokens } from './kept-tokens.ts';
import { openFeedReader } from './open-feed.ts';
import { createPace } from './pace.ts';
import { createFeedEventVerifier } from './security-event.ts';
import { createStaleness } from './staleness.ts';

/** What became of a token of the feed, or `gap`: the feed is read again, since something is missing. */
export type FeedOutcome = TokenOutcome | 'gap';

export interface OpenRevocationsOptions {
  /** `file:/path`, `redis://…` or `rediss://…`, as `parseFeedUrl` reads it. */
  readonly url: string;
  /** The `iss` of events: that of access tokens. */
  readonly issuer: string;
  /** The issuer's keys as they are now: those of access tokens. May throw an AuthError `unavailable` while there are none. */
  readonly keys: () => PublicKeys;
  readonly now: Clock;
  /** Measures how long the feed is silent and cut-offs are kept; `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
  /** How old the newest heartbeat may be, `feedStaleSeconds` unless given. Its age counts from its signature. */
  readonly staleAfterSeconds?: number;
  /** Told of every token: a closed set, fit for a metric label. */
  readonly onOutcome?: (outcome: FeedOutcome) => void;
  /** Told of a token with a key that is not among the keys: a chance to look for newer ones. Must return at once. */
  readonly onUnknownKid?: () => void;
  /** Told when the feed has become stale, once more when it turns out that a clock is off, and when it is fresh (again). */
  readonly onStale?: (isStale: boolean) => void;
  /** Told why the feed cannot be read, once until it can be read or there is another reason. */
  readonly onTrouble?: (error: Error) => void;
}

/** The revoked sessions, kept up to date in the background. */
export interface OpenRevocations extends Revocations {
  /** Rejects until everything published is known, or the feed was silent too long to wait any more: then stale. */
  ready(): Promise<void>;
  /** Whether revocations may be missing here. */
  isStale(): boolean;
  stats(): RevocationStats;
  /** The clock of this process compared with that of the issuer. */
  clock(): ClockReport;
  close(): Promise<void>;
}

export interface RevocationStats {
  /** Sessions with a cut-off. */
  readonly entries: number;
  readonly stale: boolean;
  /** Numbers of the newest heartbeat, and its time in seconds since 1970; 0 before the first. */
  readonly floor: number;
  readonly last: number;
  readonly heartbeatAt: number;
  /** How often the feed was read again because something was missing. */
  readonly reloads: number;
}

/** Time for requests in between, while many events come at once: after about 2 ms. A signature costs 16. */
const costPerTurn = 512;
/** How often to look at silence, and at what waits for a key or is missing. */
const [tickMs, soonMs] = [1000, 250];
/** A rereading that takes longer has missed its end, and starts again. */
const longestReloadMs = 60_000;

/**
 * Follows a feed, for `revocations` of `createAccessTokenVerifier`: every event is verified, none is believed because of
 * where it came from. Who holds the feed can delay it, which shows as stale, but forge and hide nothing.
 *
 * @throws TypeError for a URL that is none of a feed
 */
export function openRevocations(options: OpenRevocationsOptions): OpenRevocations {
  const { url, issuer, keys, now, monotonicMs = processClock, staleAfterSeconds = feedStaleSeconds } = options;
  const { onOutcome = () => {}, onUnknownKid = () => {}, onStale = () => {}, onTrouble = () => {} } = options;
  const closing = new AbortController();
  const clocks = { now, monotonicMs };
  const table = createRevocationTable(clocks);
  const verifier = createFeedEventVerifier({ issuer, keys, now });
  const state = createFeedState({ ...clocks, verifier, table, staleAfterSeconds });
  const staleness = createStaleness({
    ...{ ...clocks, clock: state.clock, complete: state.complete },
    ...{ staleAfterSeconds, onStale },
  });
  const kept = createKeptTokens({ monotonicMs });
  const reloads = createPace({ monotonicMs, firstWaitSeconds: 1, longestWaitSeconds: 30 });
  const reconnects = createPace({ monotonicMs, firstWaitSeconds: staleAfterSeconds, longestWaitSeconds: 60 });
  let trouble: string | undefined;
  let ticks: NodeJS.Timeout | undefined;
  let reloadedMs = Number.NEGATIVE_INFINITY;

  const reader = openFeedReader(url, {
    onTokens: takeAll,
    onStart: state.startOver,
    onTrouble(error) {
      if (error.message !== trouble) onTrouble(error);
      trouble = error.message;
    },
  });

  async function takeAll(tokens: readonly string[]): Promise<void> {
    trouble = undefined;
    let cost = 0;
    for (const token of tokens) {
      const outcome = await take(token);
      if (outcome === undefined) return;
      // Of heartbeats another one comes.
      if (outcome === 'unknown_key' && readClaimed(token)?.kind === 'event') {
        kept.keep(token);
        tickIn(soonMs);
      }
      onOutcome(outcome);
      cost += outcome === 'repeated' ? 1 : 16;
      if (cost < costPerTurn) continue;
      cost = 0;
      await nextTurn();
    }
    settle();
  }

  /** Waits for the first keys; `undefined` when it was closed meanwhile. */
  async function take(token: string): Promise<TokenOutcome | undefined> {
    while (!closing.signal.aborted) {
      try {
        const outcome = state.take(token);
        if (outcome === 'unknown_key') onUnknownKid();
        return outcome;
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        await delay(soonMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      }
    }
    return undefined;
  }

  function settle(): void {
    state.settle();
    const isRereading = state.isRereading() && monotonicMs() - reloadedMs < longestReloadMs;
    if (!isRereading && reloads.isDue(state.hasGap())) {
      reloadedMs = monotonicMs();
      onOutcome('gap');
      reader.startOver();
    }
    // A server that still answers may be one that the issuer no longer writes to: a replica, or a replaced primary.
    if (reconnects.isDue(staleness.isSettled() && staleness.isStale())) reader.reconnect();
    staleness.look();
  }

  /** A key that signs already gets here a moment after its first event. */
  function takeKept(): void {
    for (const token of kept.takeAll()) {
      const outcome = tokenOutcome(token);
      if (outcome === 'unknown_key') kept.putBack(token);
      else onOutcome(outcome);
    }
  }

  function tokenOutcome({ token }: { readonly token: string }): TokenOutcome {
    try {
      return state.take(token);
    } catch (error) {
      if (error instanceof AuthError) return 'unknown_key';
      throw error;
    }
  }

  function tickIn(ms: number): void {
    clearTimeout(ticks);
    if (!closing.signal.aborted) ticks = setTimeout(tick, ms).unref();
  }
  function tick(): void {
    takeKept();
    settle();
    tickIn(staleness.isSettled() && !state.hasGap() && kept.isEmpty() ? tickMs : soonMs);
  }
  tickIn(soonMs);

  return {
    isRevoked: table.isRevoked,
    isStale: staleness.isStale,
    async ready() {
      if (!staleness.isSettled()) throw new Error('the revocation feed has not been read to its end yet');
    },
    stats() {
      const { floor, last, heartbeatAt } = state.stats();
      return { entries: table.size, stale: staleness.isStale(), floor, last, heartbeatAt, reloads: reloads.count() };
    },
    clock: state.clock,
    async close() {
      closing.abort();
      clearTimeout(ticks);
      await reader.close();
    },
  };
}
