import { createRevocationTable } from '@auth/verify';
import type { FeedEvent } from '../src/feed-event.ts';
import { createFeedState } from '../src/feed-state.ts';
import { createFeedEventVerifier } from '../src/security-event.ts';
import { createStaleness } from '../src/staleness.ts';
import { createQuickIssuer, startOfTests } from './issuer.ts';

/** Creates the true time, and the clocks of an issuer and a verifier, which may differ from it. */
export function createTimes() {
  let passed = 0;
  const offsets = { issuer: 0, verifier: 0 };
  const trueTime = () => startOfTests + passed;
  return {
    trueTime,
    issuerNow: () => trueTime() + offsets.issuer,
    now: () => trueTime() + offsets.verifier,
    monotonicMs: () => passed * 1000,
    offsets,
    advance(seconds: number) {
      passed += seconds;
    },
  };
}

export type Times = ReturnType<typeof createTimes>;

/** Creates a verifier without a feed: the test passes it tokens. */
export function createTestVerifier(times: Times, issuer: ReturnType<typeof createQuickIssuer>, staleAfterSeconds = 10) {
  const { now, monotonicMs } = times;
  const table = createRevocationTable({ now, monotonicMs });
  const verifier = createFeedEventVerifier({ issuer: issuer.issuer, keys: () => issuer.keys, now });
  const state = createFeedState({ verifier, table, now, monotonicMs, staleAfterSeconds });
  const changes: boolean[] = [];
  const staleness = createStaleness({
    complete: state.complete,
    clock: state.clock,
    now,
    monotonicMs,
    staleAfterSeconds,
    onStale: (isStale) => changes.push(isStale),
  });

  /** Reads tokens in order. Returns the outcome of each. */
  function read(...tokens: readonly string[]) {
    const outcomes = tokens.map((token) => state.take(token));
    state.settle();
    staleness.check();
    return outcomes;
  }

  /** Reads a whole feed from its first token. */
  function readAgain(...tokens: readonly string[]) {
    state.startOver();
    return read(...tokens);
  }

  const revoked = (...sids: readonly string[]) => sids.filter((sid) => table.isRevoked(sid, 0));
  return { table, state, staleness, changes, read, readAgain, revoked, isStale: staleness.isStale };
}

/** Sets up an issuer, a verifier and their clocks. */
export function setUpVerifier(options: { issuer?: ReturnType<typeof createQuickIssuer> } = {}) {
  const times = createTimes();
  const { issuer = createQuickIssuer({ now: times.issuerNow }) } = options;
  const verifier = createTestVerifier(times, issuer);
  const heartbeat = (claims: { floor?: number; last: number; term?: number; beat?: number }) =>
    issuer.sign({ kind: 'heartbeat', floor: 1, ...claims });
  const ended = (seq: number, sid: string, term = 0, keepUntil = Math.floor(times.issuerNow()) + 610) => {
    const event: FeedEvent = { kind: 'session-revoked', seq, sid, keepUntil, reason: 'logout' };
    return issuer.sign(term === 0 ? event : { ...event, term });
  };
  return { ...verifier, times, issuer, heartbeat, ended };
}
