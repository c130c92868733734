import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startOfTests as now } from './issuer.ts';
import { setUpVerifier } from './verifier.ts';

const { issuer } = setUpVerifier();
const sids = ['a', 'b', 'c', 'd', 'e'];

interface Cause {
  readonly sid: string;
  readonly notBefore: number | 'ended';
  readonly lives: boolean;
}

const causes = fc.array(
  fc.record({
    sid: fc.constantFrom(...sids),
    notBefore: fc.oneof(fc.constant('ended' as const), fc.integer({ min: now - 3, max: now + 3 })),
    lives: fc.boolean(),
  }),
  { maxLength: 10 },
);

/** Signs the event of a cause, as number `seq`. */
function eventOf({ sid, notBefore, lives }: Cause, seq: number, term: number): string {
  const session = { seq, sid, keepUntil: lives ? now + 600 : now - 1, reason: 'test', ...(term > 0 && { term }) };
  return issuer.sign(
    notBefore === 'ended'
      ? { kind: 'session-revoked', ...session }
      : { kind: 'token-claims-change', ...session, notBefore },
  );
}

/** The heartbeat over a history: its floor is the first event that still matters. */
function heartbeatOf(past: readonly Cause[], counted: { term?: number; beat?: number }): string {
  const live = past.findIndex(({ lives }) => lives);
  const floor = live === -1 ? past.length + 1 : live + 1;
  return issuer.sign({ kind: 'heartbeat', floor, last: past.length, ...counted });
}

const iats = [now - 4, now - 1, now, now + 4];
const pairs = sids.flatMap((sid) => iats.map((iat) => [sid, iat] as const));

/** The revoked sessions, from the issuer's own list. */
function revokedBy(past: readonly Cause[]) {
  return pairs.filter(([sid, iat]) =>
    past.some((one) => one.sid === sid && (one.notBefore === 'ended' || iat <= one.notBefore)),
  );
}

/** Sets up a verifier with the clock and the key of that issuer. */
function newVerifier() {
  const verifier = setUpVerifier({ issuer });
  const known = () => pairs.filter(([sid, iat]) => verifier.table.isRevoked(sid, iat));
  return { ...verifier, known };
}

const formats = fc.constantFrom({ term: 0 } as const, { term: 7 } as const);

describe('a verifier that reads the feed', () => {
  it('has the cut-offs of the issuer or reports a gap, for any order, repetition, loss and reload of events', () => {
    const journeys = fc.tuple(causes, formats).chain(([past, { term }]) => {
      const events = past.map((cause, index) => eventOf(cause, index + 1, term));
      return fc.record({
        past: fc.constant(past),
        term: fc.constant(term),
        events: fc.constant(events),
        // Any part of the feed, in any order, with repetitions and with garbage in between.
        arriving: fc.shuffledSubarray([...events, ...events]),
        garbage: fc.string(),
      });
    });
    fc.assert(
      fc.property(journeys, ({ past, term, events, arriving, garbage }) => {
        const { read, readAgain, state, isStale, known } = newVerifier();
        const heartbeat = heartbeatOf(past, term === 0 ? {} : { term, beat: 1 });
        read(garbage, ...arriving, heartbeat);
        const truth = revokedBy(past.filter(({ lives }) => lives));
        // Either the verifier has every cut-off, or it reports a gap.
        if (!state.hasGap()) expect(known()).toEqual(expect.arrayContaining(truth));
        expect(isStale()).toBe(state.hasGap());
        readAgain(...events, heartbeat);
        expect(known()).toEqual(expect.arrayContaining(truth));
        expect(revokedBy(past)).toEqual(expect.arrayContaining(known()));
        expect([state.hasGap(), isStale()]).toEqual([false, false]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['all of it, as it is published with terms', 7, false],
    ['without the events that no longer matter, as a build before terms leaves it', 0, true],
    ['all of it, as a build before terms leaves it between two compactions', 0, false],
  ])('that has just started is fresh after at most two readings of the feed: %s', (_case, term, leavesOut) => {
    fc.assert(
      fc.property(causes, fc.boolean(), (past, isCut) => {
        const { read, readAgain, state, isStale, known } = newVerifier();
        const counted = (beat: number) => (term === 0 ? {} : { term, beat });
        const { length } = past;
        const floor = past.findIndex(({ lives }) => lives);
        const isThere = ({ lives }: Cause, index: number) => (leavesOut ? lives : floor !== -1 && index >= floor);
        const events = past.flatMap((cause, index) => (isThere(cause, index) ? [eventOf(cause, index + 1, term)] : []));
        // A reading may end anywhere in the feed.
        const feed = [...events, heartbeatOf(past, counted(1))];
        if (isCut) {
          read(...feed.slice(0, length / 2));
          read(...feed.slice(length / 2));
        } else {
          read(...feed);
        }
        if (state.hasGap()) readAgain(...feed);
        expect([state.hasGap(), isStale()]).toEqual([false, false]);
        expect(known()).toEqual(expect.arrayContaining(revokedBy(past.filter(({ lives }) => lives))));
        // Reading on keeps it fresh.
        read(heartbeatOf(past, counted(2)));
        expect(state.hasGap()).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('stays stale after an old heartbeat, and after a repeated one', () => {
    const { read, state, isStale, times, heartbeat } = newVerifier();
    const old = issuer.sign({ kind: 'heartbeat', floor: 1, last: 0 }, () => now - 16);
    expect([read(old), isStale(), state.hasGap()]).toEqual([['late'], true, false]);
    const good = heartbeat({ last: 0 });
    expect(read(good, good)).toEqual(['heartbeat', 'repeated']);
    expect(read(issuer.sign({ kind: 'heartbeat', floor: 1, last: 0 }, () => now - 1))).toEqual(['repeated']);
    times.advance(11);
    expect([read(good), isStale()]).toEqual([['repeated'], true]);
  });

  it('applies an event after a forged token with the same claims', () => {
    const { read, revoked, ended } = newVerifier();
    const good = ended(1, 'sid');
    const [header, payload] = good.split('.');
    expect(read(`${header}.${payload}.${'A'.repeat(86)}`)).toEqual(['refused']);
    expect([read(good), revoked('sid'), read(good)]).toEqual([['applied'], ['sid'], ['repeated']]);
  });
});
