import { describe, expect, it } from '@jest/globals';
import { setUpVerifier } from '../test/verifier.ts';

describe('the age of the newest heartbeat', () => {
  it('counts from the signature: a feed that is always late shows as stale', () => {
    const { times, heartbeat, read, isStale } = setUpVerifier();
    times.offsets.issuer = -14;
    for (let beat = 1; beat <= 40; beat += 1) {
      times.advance(1);
      expect(read(heartbeat({ last: 0, term: 5, beat }))).toEqual(['late']);
      expect(isStale()).toBe(true);
    }
  });

  it.each([0, -4, 4])('makes the feed stale after ten seconds, for a clock that is off by %i', (offset) => {
    const { times, heartbeat, read, isStale, changes } = setUpVerifier();
    times.offsets.verifier = offset;
    read(heartbeat({ last: 0, term: 5, beat: 1 }));
    const seconds = Math.min(10, 10 - offset);
    times.advance(seconds);
    expect([isStale(), changes]).toEqual([false, [false]]);
    times.advance(1);
    read();
    expect([isStale(), changes]).toEqual([true, [false, true]]);
  });

  it('is reported once more when a clock turns out to be off, and not again', () => {
    const { times, heartbeat, read, isStale, changes } = setUpVerifier();
    times.offsets.issuer = 300;
    times.advance(11);
    read();
    expect([isStale(), changes]).toEqual([true, [true]]);
    for (let beat = 1; beat <= 3; beat += 1) {
      read(heartbeat({ last: 0, term: 5, beat }));
      times.advance(1);
    }
    expect([isStale(), changes]).toEqual([true, [true, true]]);
  });

  it('is not hidden when the clock is set back by as much as the feed was silent', () => {
    const { times, heartbeat, read, isStale } = setUpVerifier();
    read(heartbeat({ last: 0, term: 5, beat: 1 }));
    times.advance(3600);
    times.offsets.verifier = -3600;
    expect(isStale()).toBe(true);
  });
});
