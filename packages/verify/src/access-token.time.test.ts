import { describe, expect, it } from '@jest/globals';
import { goodClaims, setUpAccessTokens } from '../test/access-tokens.ts';
import { outcomeOf } from '../test/outcome.ts';
import { startOfTests as now } from '../test/test-clock.ts';

const { clock, forged, issuer, outcome, verifierWith } = setUpAccessTokens();
const withTimes = (times: object) => forged({ ...goodClaims, ...times });

describe('the times of an access token', () => {
  it.each([
    ['expires in a second', 'accepted', { iat: now - 600, exp: now + 1 }],
    ['expired 4 s ago, within the tolerance', 'accepted', { iat: now - 600, exp: now - 4 }],
    ['expired 5 s ago', 'token_expired: expired', { iat: now - 600, exp: now - 5 }],
    ['expired long ago', 'token_expired: expired', { iat: 1, exp: 600 }],
    ['was issued 5 s ahead, within the tolerance', 'accepted', { iat: now + 5 }],
    ['was issued 6 s ahead', 'invalid_token: not_yet_valid', { iat: now + 6 }],
    ['starts in 5 s, within the tolerance', 'accepted', { nbf: now + 5 }],
    ['starts in 6 s', 'invalid_token: not_yet_valid', { nbf: now + 6 }],
    ['started in the past', 'accepted', { nbf: 1 }],
    ['lives for an hour', 'accepted', { exp: now + 3600 }],
    ['lives for an hour and a second', 'invalid_token: lifetime', { exp: now + 3601 }],
    ['lives for one second', 'accepted', { exp: now + 1 }],
    ['expires as it is issued', 'invalid_token: lifetime', { exp: now }],
    ['expires before it is issued', 'invalid_token: lifetime', { iat: now + 2, exp: now + 1 }],
    ['lives for a year', 'invalid_token: lifetime', { exp: now + 31_536_000 }],
    ['counts exp in milliseconds', 'invalid_token: lifetime', { exp: (now + 600) * 1000 }],
    ['counts iat in milliseconds', 'invalid_token: not_yet_valid', { iat: now * 1000 }],
    ['counts nbf in milliseconds', 'invalid_token: not_yet_valid', { nbf: now * 1000 }],
    ['counts every time in milliseconds', 'invalid_token: not_yet_valid', { iat: now * 1000, exp: (now + 600) * 1000 }],
  ])('make one that %s "%s"', (_case, expected, times) => {
    expect(outcome(withTimes(times))).toBe(expected);
  });

  const absurd = ['"9999999999"', '1800000300.5', '1e400', '-1e400', '-1', '0', '9007199254740992', 'null', '[]', '{}'];
  const names = ['exp', 'iat', 'nbf', 'auth_time'];
  it.each(
    names.flatMap((name) => [...absurd, 'true', '"x"', '""', '[1800000300]'].map((value) => [name, value] as const)),
  )('rejects a token whose %s is %s', (name, value) => {
    // As raw JSON: 1e400 has no spelling as a JavaScript value.
    const payload = JSON.stringify({ ...goodClaims, [name]: '#' }).replace('"#"', value);
    expect(outcome(forged(payload))).toMatch(/^(invalid_token: (claims|not_yet_valid)|token_expired: expired)$/);
  });

  it('are compared with the clock at every token', () => {
    const token = issuer.token();
    expect(outcome(token)).toBe('accepted');
    clock.advance(604);
    expect(outcome(token)).toBe('accepted');
    clock.advance(1);
    expect(outcome(token)).toBe('token_expired: expired');
    clock.advance(-605);
  });

  it.each([
    [{ clockToleranceSeconds: 0 }, { iat: now - 600, exp: now + 1 }, 'accepted'],
    [{ clockToleranceSeconds: 0 }, { iat: now - 600, exp: now }, 'token_expired: expired'],
    [{ clockToleranceSeconds: 0 }, { iat: now + 1 }, 'invalid_token: not_yet_valid'],
    [{ clockToleranceSeconds: 0 }, { nbf: now + 1 }, 'invalid_token: not_yet_valid'],
    [{ clockToleranceSeconds: 60 }, { iat: now - 600, exp: now - 59 }, 'accepted'],
    [{ clockToleranceSeconds: 60 }, { iat: now - 600, exp: now - 60 }, 'token_expired: expired'],
    [{ maxLifetimeSeconds: 60 }, { exp: now + 60 }, 'accepted'],
    [{ maxLifetimeSeconds: 60 }, { exp: now + 61 }, 'invalid_token: lifetime'],
    [{ maxLifetimeSeconds: 86_400 }, { exp: now + 86_400 }, 'accepted'],
  ])('make, with %j and %j, for "%s"', (options, times, expected) => {
    expect(outcomeOf(() => verifierWith(options).verify(withTimes(times)))).toBe(expected);
  });

  it.each([
    ['NaN', Number.NaN],
    ['zero, which the library would read as "ask the system"', 0],
    ['a date before 1970', -1],
    ['infinite', Number.POSITIVE_INFINITY],
  ])('throw a TypeError when the clock is %s', (_case, time) => {
    const verifier = verifierWith({ now: () => time });
    expect(() => verifier.verify(issuer.token())).toThrow('the clock must return seconds since 1970');
  });

  it('are compared with the given clock alone, not with that of the machine', () => {
    const verifier = verifierWith({ now: () => 1_000_000 });
    const times = { iat: 1_000_000, nbf: 1_000_000, exp: 1_000_600, auth_time: 1_000_000 };
    expect(outcomeOf(() => verifier.verify(withTimes(times)))).toBe('accepted');
  });

  it('are compared with the whole seconds of the clock', () => {
    const verifier = verifierWith({ now: () => now + 0.9 });
    expect(outcomeOf(() => verifier.verify(withTimes({ iat: now - 600, exp: now - 4 })))).toBe('accepted');
  });
});
