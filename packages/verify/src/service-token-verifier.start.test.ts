import { describe, expect, it } from '@jest/globals';
import { quoteCall, quoteContent, setUpServiceCalls } from '../test/service-calls.ts';
import { createSingleUseStore } from './single-use-store.ts';

const { arriving, clock, forged, outcome, quoteClaims, verifierWith } = setUpServiceCalls();

/** A process that has just started: it knows no earlier use. */
function restart() {
  const startedMs = clock.monotonicMs();
  const { use } = createSingleUseStore({ capacity: 100, ...clock });
  return verifierWith({ singleUse: { use, knownSeconds: () => (clock.monotonicMs() - startedMs) / 1000 } });
}

/** A call that was signed with a clock that is off by some seconds. */
function signedAt(offset: number) {
  const iat = clock.now() + offset;
  return arriving(quoteCall, { serviceToken: forged({ ...quoteClaims(), iat, exp: iat + 15 }) });
}

describe('a service token after a restart', () => {
  it.each([-5, 0, 4, 5])('that was used before is rejected, from a caller whose clock is off by %i', async (offset) => {
    clock.advance(100);
    const used = signedAt(offset);
    expect(await outcome(used, quoteContent)).toBe('accepted');
    clock.advance(1);
    const restarted = restart();
    for (let second = 0; second < 45; second += 1) {
      clock.advance(1);
      expect(await outcome(used, quoteContent, restarted)).toMatch(
        /unavailable: issued_before_start|invalid_service_token: expired/,
      );
    }
  });

  it('is rejected when the shared store fails after it was available', async () => {
    let known = Number.POSITIVE_INFINITY;
    const { use } = createSingleUseStore({ capacity: 100, ...clock });
    const restarted = verifierWith({
      singleUse: {
        knownSeconds: () => known,
        async use(id, expiresAt) {
          known = 1;
          return use(id, expiresAt);
        },
      },
    });
    expect(await outcome(signedAt(-3), quoteContent, restarted)).toBe('unavailable: issued_before_start');
    expect(await outcome(signedAt(5), quoteContent, restarted)).toBe('accepted');
  });

  it('is accepted when it is issued after the start, and from the sixth second on from any caller', async () => {
    const restarted = restart();
    const accepted: number[] = [];
    for (let second = 1; second <= 12; second += 1) {
      clock.advance(1);
      if ((await outcome(signedAt(0), quoteContent, restarted)) === 'accepted') accepted.push(second);
      // A token with the latest allowed iat never has to wait.
      expect(await outcome(signedAt(5), quoteContent, restarted)).toBe('accepted');
    }
    expect(accepted).toEqual([6, 7, 8, 9, 10, 11, 12]);
  });

  it.each([7200, -7200])('is accepted soon after a start with a clock that was off by %i', async (offset) => {
    clock.step(offset);
    const restarted = restart();
    clock.advance(7);
    clock.step(-offset);
    expect(await outcome(signedAt(0), quoteContent, restarted)).toBe('accepted');
  });

  it('is not rejected for that reason afterwards', async () => {
    const restarted = restart();
    clock.advance(42);
    const slow = arriving(quoteCall);
    clock.advance(14);
    expect(await outcome(slow, quoteContent, restarted)).toBe('accepted');
  });
});
