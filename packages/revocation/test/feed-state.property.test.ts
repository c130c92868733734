import { createRevocationTable } from '@auth/verify';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeedEvent } from '../src/feed-event.ts';
import { createFeedState } from '../src/feed-state.ts';
import { createFeedEventVerifier } from '../src/security-event.ts';
import { createQuickIssuer, startOfTests as now } from './issuer.ts';

const issuer = createQuickIssuer();
const sids = ['a', 'b', 'c', 'd', 'e'];

/** A history of the issuer: events from 1 on, with the signed token of each. */
const history = fc
  .array(
    fc.record({
      sid: fc.constantFrom(...sids),
      notBefore: fc.oneof(fc.constant('ended' as const), fc.integer({ min: now - 3, max: now + 3 })),
      lives: fc.boolean(),
    }),
    { maxLength: 10 },
  )
  .map((causes) =>
    causes.map(({ sid, notBefore, lives }, index) => {
      const session = { seq: index + 1, sid, keepUntil: lives ? now + 600 : now - 1, reason: 'test' };
      const event: FeedEvent =
        notBefore === 'ended'
          ? { kind: 'session-revoked', ...session }
          : { kind: 'token-claims-change', ...session, notBefore };
      return { event, token: issuer.sign(event) };
    }),
  );
type History = readonly { readonly event: FeedEvent; readonly token: string }[];

/** What is true of a token, from the issuer's own list. */
function isRevoked(past: History, sid: string, iat: number): boolean {
  return past.some(({ event }) => {
    if (event.kind === 'heartbeat' || event.sid !== sid || event.keepUntil <= now) return false;
    return event.kind === 'session-revoked' || iat <= event.notBefore;
  });
}

function newVerifier() {
  const table = createRevocationTable({ now: () => now });
  const verifier = createFeedEventVerifier({ issuer: issuer.issuer, keys: () => issuer.keys, now: () => now });
  return { table, state: createFeedState({ verifier, table, now: () => now, staleAfterSeconds: 10 }) };
}

/** The heartbeat over a history: its floor is the first event that still lives. */
function heartbeatOf(past: History, at = now): string {
  const live = past.find(({ event }) => event.kind !== 'heartbeat' && event.keepUntil > now);
  const floor = live === undefined ? past.length + 1 : past.indexOf(live) + 1;
  return issuer.sign({ kind: 'heartbeat', floor, last: past.length }, () => at);
}

const iats = [now - 4, now - 1, now, now + 4];
const told = (ask: (sid: string, iat: number) => boolean) => sids.map((sid) => iats.map((iat) => ask(sid, iat)));

describe('a verifier that reads the feed', () => {
  it('knows the truth of the issuer for any order, repetition, loss and reload of the events, and says when it does not', () => {
    const journeys = history.chain((past) =>
      fc.record({
        past: fc.constant(past),
        // Any part of the feed, in any order, with repetitions and with garbage in between.
        arriving: fc.shuffledSubarray([...past, ...past].map(({ token }) => token)),
        garbage: fc.string(),
      }),
    );
    fc.assert(
      fc.property(journeys, ({ past, arriving, garbage }) => {
        const { table, state } = newVerifier();
        for (const token of [garbage, ...arriving, heartbeatOf(past)]) state.take(token);
        state.settle();
        const truth = told((sid, iat) => isRevoked(past, sid, iat));
        // Whatever is lost, it knows of it: either it has the truth or it sees a gap.
        if (!state.hasGap()) expect(told(table.isRevoked)).toEqual(truth);
        expect(state.freshAt()).toBe(state.hasGap() ? undefined : now);
        // The reload.
        for (const { token } of past) state.take(token);
        state.settle();
        expect(told(table.isRevoked)).toEqual(truth);
        expect([state.hasGap(), state.freshAt()]).toEqual([false, now]);
      }),
      { numRuns: 60 },
    );
  });

  it('takes what the issuer numbers anew after a restored backup', () => {
    const { table, state } = newVerifier();
    const first = [1, 2, 3].map((seq) => revoked(seq, `old-${seq}`));
    for (const token of [...first, issuer.sign({ kind: 'heartbeat', floor: 1, last: 3 })]) state.take(token);
    const again = [revoked(1, 'old-1'), revoked(2, 'new-2')];
    state.take(issuer.sign({ kind: 'heartbeat', floor: 1, last: 2 }, () => now + 1));
    expect(state.hasGap()).toBe(true);
    for (const token of again) state.take(token);
    state.settle();
    expect([state.hasGap(), table.isRevoked('new-2', now), table.isRevoked('old-3', now)]).toEqual([false, true, true]);
  });

  it('is not made fresh by an old heartbeat, nor by the same one again', () => {
    const { state } = newVerifier();
    state.take(issuer.sign({ kind: 'heartbeat', floor: 1, last: 0 }, () => now - 16));
    state.settle();
    expect([state.freshAt(), state.hasGap()]).toEqual([undefined, false]);
    const good = issuer.sign({ kind: 'heartbeat', floor: 1, last: 0 });
    expect([state.take(good), state.take(good)]).toEqual(['heartbeat', 'repeated']);
    expect(state.take(issuer.sign({ kind: 'heartbeat', floor: 1, last: 0 }, () => now - 1))).toBe('repeated');
  });

  it('leaves out nothing because of what a forged copy claims', () => {
    const { table, state } = newVerifier();
    const good = revoked(1, 'sid');
    const [header, payload] = good.split('.');
    expect(state.take(`${header}.${payload}.${'A'.repeat(86)}`)).toBe('refused');
    expect([state.take(good), table.isRevoked('sid', now), state.take(good)]).toEqual(['applied', true, 'repeated']);
  });
});

function revoked(seq: number, sid: string): string {
  return issuer.sign({ kind: 'session-revoked', seq, sid, keepUntil: now + 600, reason: 'test' });
}
