import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import {
  AuthError,
  type Clock,
  createRevocationTable,
  type MonotonicClock,
  type PublicKeys,
  processClock,
  type Revocations,
} from '@auth/verify';
import { feedStaleSeconds } from '@auth/verify/times';
import { readClaimed } from './feed-event.ts';
import { createFeedState, type TokenOutcome } from './feed-state.ts';
import { openFeedReader } from './open-feed.ts';
import { createKeptTokens, createPace } from './retry.ts';
import { createFeedEventVerifier } from './security-event.ts';
import { type ClockReport, createStaleness } from './staleness.ts';

/** The outcome of a token of the feed, or `gap`: an event is missing, so the feed is read again. */
export type FeedOutcome = TokenOutcome | 'gap';

export interface OpenRevocationsOptions {
  /** `file:/path`, `redis://…` or `rediss://…`, as `parseFeedUrl` reads it. */
  readonly url: string;
  /** The `iss` of events; the same as that of access tokens. */
  readonly issuer: string;
  /** The issuer's current keys, which also verify access tokens. May throw an AuthError `unavailable` while there are none. */
  readonly keys: () => PublicKeys;
  readonly now: Clock;
  /** Measures silence of the feed and the life of cut-offs; `performance.now` unless given. */
  readonly monotonicMs?: MonotonicClock;
  /** The longest age of the newest heartbeat, from its signature on; `feedStaleSeconds` unless given. */
  readonly staleAfterSeconds?: number;
  /** Called with the outcome of every token: a closed set, fit for a metric label. */
  readonly onOutcome?: (outcome: FeedOutcome) => void;
  /** Called for a token with an unknown key, so that newer keys can be fetched. Must return at once. */
  readonly onUnknownKid?: () => void;
  /** Called when the feed becomes stale, again when a clock then proves wrong, and when the feed is fresh (again). */
  readonly onStale?: (isStale: boolean) => void;
  /** Called when the feed cannot be read: once for each reason in a row, until it can be read. */
  readonly onError?: (error: Error) => void;
}

/** The revoked sessions, kept up to date in the background. */
export interface OpenRevocations extends Revocations {
  /** Rejects until every published event is known, or `staleAfterSeconds` have passed: then the feed is stale. */
  ready(): Promise<void>;
  /** Whether revocations may be missing here. */
  isStale(): boolean;
  stats(): RevocationStats;
  /** Compares the clock of this process with that of the issuer. */
  clock(): ClockReport;
  close(): Promise<void>;
}

/** Counts of a feed: `entries` are sessions with a cut-off; `reloads`, how often the feed was read again after a gap. */
export interface RevocationStats {
  readonly entries: number;
  readonly stale: boolean;
  /** `floor`, `last` and time (seconds since 1970) of the newest heartbeat; 0 before the first. */
  readonly floor: number;
  readonly last: number;
  readonly heartbeatAt: number;
  readonly reloads: number;
}

/** The work after which requests get a turn while many events arrive, about 2 ms. A signature costs 16. */
const costPerTurn = 512;
/** The time between two checks of the feed's age; the shorter one while an event waits for its key or is missing. */
const [tickMs, soonMs] = [1000, 250];
/** The longest time that reading the feed again may take; then it starts over, since its end was missed. */
const longestReloadMs = 60_000;

/**
 * Follows a feed, as the `revocations` of `createAccessTokenVerifier`. The signature of every event is verified: an
 * attacker with access to the feed can delay events, which shows as stale, but cannot forge or hide one.
 *
 * @throws TypeError for a URL that is not that of a feed
 */
export function openRevocations(options: OpenRevocationsOptions): OpenRevocations {
  const { url, issuer, keys, now, monotonicMs = processClock, staleAfterSeconds = feedStaleSeconds } = options;
  const { onOutcome = () => {}, onUnknownKid = () => {}, onStale = () => {}, onError = () => {} } = options;
  const closing = new AbortController();
  const clocks = { now, monotonicMs };
  const table = createRevocationTable(clocks);
  const verifier = createFeedEventVerifier({ issuer, keys, now });
  const state = createFeedState({ ...clocks, verifier, table, staleAfterSeconds });
  const { clock, complete } = state;
  const staleness = createStaleness({ ...clocks, clock, complete, staleAfterSeconds, onStale });
  const kept = createKeptTokens({ monotonicMs });
  const reloads = createPace({ monotonicMs, firstWaitSeconds: 1, longestWaitSeconds: 30 });
  const reconnects = createPace({ monotonicMs, firstWaitSeconds: staleAfterSeconds, longestWaitSeconds: 60 });
  let reported: string | undefined;
  let ticks: NodeJS.Timeout | undefined;
  let reloadedMs = Number.NEGATIVE_INFINITY;

  const reader = openFeedReader(url, {
    onTokens: takeAll,
    onStart: state.startOver,
    onError(error) {
      if (error.message !== reported) onError(error);
      reported = error.message;
    },
  });

  async function takeAll(tokens: readonly string[]): Promise<void> {
    reported = undefined;
    let cost = 0;
    for (const token of tokens) {
      const outcome = await take(token);
      if (outcome === undefined) return;
      // A heartbeat is not kept: the next one follows within a second.
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

  /** Takes a token, after waiting for the first keys. Returns `undefined` when the feed is closed meanwhile. */
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
    // The issuer may no longer write to a server that still answers: a replica, or a replaced primary.
    if (reconnects.isDue(staleness.isSettled() && staleness.isStale())) reader.reconnect();
    staleness.check();
  }

  /** Retries the tokens whose key was unknown: a new key may arrive a moment after the first event that it signed. */
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
    clock,
    async close() {
      closing.abort();
      clearTimeout(ticks);
      await reader.close();
    },
  };
}
