import { describe, expect, it } from '@jest/globals';
import { setUpVerifier } from '../test/verifier.ts';

describe('a verifier whose clock is stepped', () => {
  it.each([7200, 86_400, -7200, -86_400])(
    'by %i seconds and corrected: loses no revocation, reports it, and is stale only meanwhile',
    (seconds) => {
      const { times, heartbeat, ended, read, revoked, isStale, state } = setUpVerifier();
      read(ended(1, 'before', 5), heartbeat({ last: 1, term: 5, beat: 1 }));
      expect(isStale()).toBe(false);
      times.offsets.verifier = seconds;
      times.advance(1);
      expect(isStale()).toBe(true);
      const outcomes = read(ended(2, 'meanwhile', 5), heartbeat({ last: 2, term: 5, beat: 2 }));
      expect(outcomes).toEqual(['applied', seconds > 0 ? 'late' : 'early']);
      expect([isStale(), state.clock()]).toEqual([
        true,
        { clockOffsetSeconds: -seconds, clockSteppedSeconds: seconds },
      ]);
      times.offsets.verifier = 0;
      times.advance(1);
      read(ended(3, 'after', 5), heartbeat({ last: 3, term: 5, beat: 3 }));
      expect([isStale(), revoked('before', 'meanwhile', 'after')]).toEqual([false, ['before', 'meanwhile', 'after']]);
      // A clock that was set back causes the feed to be read again.
      expect(state.hasGap()).toBe(true);
    },
  );

  it('reads again the events that it missed, although every heartbeat seems old', () => {
    const { times, heartbeat, read, ended, state } = setUpVerifier();
    read(heartbeat({ last: 0, term: 5, beat: 1 }));
    times.offsets.verifier = 7200;
    read(heartbeat({ last: 1, term: 5, beat: 2 }));
    expect(state.hasGap()).toBe(true);
    read(ended(1, 'missed', 5));
    expect(state.hasGap()).toBe(false);
  });
});

describe('an issuer whose clock is stepped', () => {
  it('forward and back again is accepted at once, also with a lower floor', () => {
    const { times, heartbeat, ended, read, readAgain, revoked, isStale, state } = setUpVerifier();
    const one = ended(1, 'one', 5);
    read(one, heartbeat({ last: 1, term: 5, beat: 1 }));
    times.offsets.issuer = 86_400;
    times.advance(1);
    expect(read(heartbeat({ floor: 2, last: 1, term: 5, beat: 2 }))).toEqual(['early']);
    expect([isStale(), state.clock()]).toEqual([true, { clockOffsetSeconds: 86_400, clockSteppedSeconds: 0 }]);
    times.offsets.issuer = 0;
    times.advance(1);
    const right = heartbeat({ floor: 1, last: 1, term: 5, beat: 3 });
    expect(read(right)).toEqual(['heartbeat']);
    // The number was forgotten, but not the revocation.
    expect([state.hasGap(), revoked('one')]).toEqual([true, ['one']]);
    readAgain(one, right);
    expect([state.hasGap(), isStale()]).toEqual([false, false]);
  });

  it('together with that of the verifier is accepted at once when both are right again', () => {
    const { times, heartbeat, ended, read, readAgain, revoked, isStale, state } = setUpVerifier();
    const feed: string[] = [];
    for (const beat of [1, 2, 3]) {
      times.offsets.issuer = times.offsets.verifier = beat === 2 ? 7200 : 0;
      times.advance(1);
      const fresh = [ended(beat, `sid-${beat}`, 5), heartbeat({ last: beat, term: 5, beat })];
      feed.push(...fresh);
      expect(read(...fresh)).toEqual(['applied', 'heartbeat']);
      // A clock that was set back causes the feed to be read again.
      expect(state.hasGap()).toBe(beat === 3);
      if (beat === 3) readAgain(...feed);
      expect(isStale()).toBe(false);
    }
    expect(revoked('sid-1', 'sid-2', 'sid-3')).toHaveLength(3);
  });

  it('of a build without terms, together with that of the verifier, is accepted at once as well', () => {
    const { times, heartbeat, read, isStale } = setUpVerifier();
    for (const offset of [0, 7200, 0]) {
      times.offsets.issuer = times.offsets.verifier = offset;
      times.advance(1);
      expect(read(heartbeat({ last: 0 }))).toEqual(['heartbeat']);
      expect(isStale()).toBe(false);
    }
  });

  it('of a build without terms is stale while it is ahead, and accepted at once when it is right', () => {
    const { times, heartbeat, read, isStale, state } = setUpVerifier();
    times.offsets.issuer = 7200;
    expect(read(heartbeat({ last: 0 }))).toEqual(['early']);
    expect([isStale(), state.clock().clockOffsetSeconds]).toEqual([true, 7200]);
    times.offsets.issuer = 0;
    expect([read(heartbeat({ last: 0 })), isStale()]).toEqual([['heartbeat'], false]);
  });
});

describe('a leader that was replaced', () => {
  it('makes no verifier fresh, and changes neither floor nor last', () => {
    const { times, heartbeat, read, isStale, state } = setUpVerifier();
    read(heartbeat({ last: 0, term: 1, beat: 100 }), heartbeat({ last: 0, term: 2, beat: 1 }));
    times.advance(11);
    expect(read(heartbeat({ floor: 8, last: 7, term: 1, beat: 101 }), heartbeat({ floor: 8, last: 7 }))).toEqual([
      'fenced',
      'fenced',
    ]);
    expect([isStale(), state.stats()]).toEqual([true, expect.objectContaining({ term: 2, floor: 1, last: 0 })]);
  });

  it('hides no event of its successor behind an event with the same number', () => {
    const { heartbeat, ended, read, revoked, isStale, state } = setUpVerifier();
    read(heartbeat({ last: 0, term: 2, beat: 1 }));
    // Its own cut-off is still applied, which is safe.
    expect(read(ended(1, 'of-the-old', 1))).toEqual(['applied']);
    read(heartbeat({ last: 1, term: 2, beat: 2 }));
    expect([state.hasGap(), revoked('of-the-old', 'of-the-new')]).toEqual([true, ['of-the-old']]);
    read(ended(1, 'of-the-new', 2), ended(1, 'of-the-old', 1));
    expect([state.hasGap(), revoked('of-the-old', 'of-the-new'), isStale()]).toEqual([
      false,
      ['of-the-old', 'of-the-new'],
      false,
    ]);
  });
});

describe('a new leader', () => {
  it('causes the feed to be read again, and the same tokens are known without a new verification', () => {
    const { times, heartbeat, ended, read, readAgain, state, isStale } = setUpVerifier();
    const kept = [ended(1, 'one', 1), ended(2, 'two', 1)];
    read(...kept, heartbeat({ last: 2, term: 1, beat: 9 }));
    times.advance(11);
    const next = heartbeat({ last: 2, term: 2, beat: 1 });
    expect([read(next), state.hasGap(), isStale()]).toEqual([['heartbeat'], true, true]);
    // Reading a part of the feed is not enough.
    expect(readAgain(...kept)).toEqual(['repeated', 'repeated']);
    expect([state.hasGap(), state.isRereading(), isStale()]).toEqual([true, true, true]);
    expect(read(next)).toEqual(['repeated']);
    expect([state.hasGap(), state.isRereading(), isStale()]).toEqual([false, false, false]);
  });

  it.each([
    ['lower than before', 2],
    ['the same as before', 3],
    ['higher than before', 4],
  ])('on a restored backup is accepted when its last number is %s', (_case, last) => {
    const { heartbeat, ended, read, readAgain, revoked, state } = setUpVerifier();
    const old = [1, 2, 3].map((seq) => ended(seq, `old-${seq}`, 1));
    read(...old, heartbeat({ last: 3, term: 1, beat: 9 }));
    const renumbered = Array.from({ length: last - 1 }, (_, index) => ended(index + 2, `new-${index + 2}`, 2));
    const feed = [...old.slice(0, 1), ...renumbered, heartbeat({ last, term: 2, beat: 1 })];
    // Only the heartbeat arrives at first.
    read(...feed.slice(-1));
    expect(state.hasGap()).toBe(true);
    readAgain(...feed);
    expect([state.hasGap(), revoked('old-1', 'old-2', 'old-3', 'new-2')]).toEqual([
      false,
      ['old-1', 'old-2', 'old-3', 'new-2'],
    ]);
  });

  it('that is the first one of a verifier does not cause the feed to be read again', () => {
    const { heartbeat, ended, read, isStale, state } = setUpVerifier();
    read(ended(4, 'four', 1), ended(5, 'five', 3), heartbeat({ floor: 4, last: 5, term: 3, beat: 70 }));
    expect([state.hasGap(), isStale()]).toEqual([false, false]);
  });
});

describe('events that no longer matter', () => {
  const setUp = (term: 0 | 5) => {
    const test = setUpVerifier();
    const counted = term === 0 ? {} : { term, beat: 1 };
    const [first, , third] = [1, 2, 3].map((seq) => test.ended(seq, `sid-${seq}`, term));
    return { ...test, feed: [first ?? '', third ?? '', test.heartbeat({ last: 3, ...counted })] };
  };

  it('left out by a build without terms do not keep a verifier stale: the feed is read once more', () => {
    const { feed, read, readAgain, isStale, state, ended } = setUp(0);
    read(...feed);
    expect([state.hasGap(), isStale()]).toEqual([true, true]);
    readAgain(...feed);
    expect([state.hasGap(), isStale()]).toEqual([false, false]);
    // The event arrives late: it had not been left out.
    expect(read(ended(2, 'sid-2'))).toEqual(['applied']);
  });

  it('left out by a build with terms count as missing, also after the feed was read again', () => {
    const { feed, read, readAgain, isStale, state } = setUp(5);
    read(...feed);
    for (let times = 0; times < 3; times += 1) readAgain(...feed);
    expect([state.hasGap(), isStale()]).toEqual([true, true]);
  });

  it('do not hide a missing event at the floor, or one whose key is unknown', () => {
    const { feed, read, readAgain, state, ended } = setUp(0);
    read(...feed.slice(1));
    readAgain(...feed.slice(1));
    expect(state.hasGap()).toBe(true);
    const [, , beat = ''] = feed;
    const withUnread = [ended(1, 'sid-1'), setUpVerifier().ended(2, 'sid-2'), beat];
    expect(readAgain(...withUnread)).toEqual(['applied', 'unknown_key', 'repeated']);
    expect([state.hasGap(), state.isRereading()]).toEqual([true, false]);
    expect([readAgain(ended(1, 'sid-1'), beat).length, state.hasGap()]).toEqual([2, false]);
  });
});
