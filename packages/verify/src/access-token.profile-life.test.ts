import { describe, expect, it } from '@jest/globals';
import { goodClaims } from '../test/access-tokens.ts';
import { outcomeOf } from '../test/outcome.ts';
import { profileKeys, setUpProfile, tokenWith } from '../test/profile-setup.ts';
import { startOfTests } from '../test/test-clock.ts';
import { ownProfile } from './access-token-profile.ts';

const { iat: _iat, ...claimsWithoutIat } = ownProfile.claims;
const withoutIat = { claims: claimsWithoutIat, session: null };
const { iat: _at, ...noIat } = goodClaims;

describe('the life of a token in a profile without iat', () => {
  it('is what is left of it, with the tolerance for a clock of the issuer that is ahead', () => {
    const { outcome } = setUpProfile({ ...withoutIat, maxLifetimeSeconds: 600 });
    expect(outcome({ ...noIat, exp: startOfTests + 605 })).toBe('accepted');
    expect(outcome({ ...noIat, exp: startOfTests + 606 })).toBe('invalid_token: lifetime');
    expect(outcome({ ...noIat, exp: startOfTests - 4 })).toBe('accepted');
    expect(outcome({ ...noIat, exp: startOfTests - 5 })).toBe('token_expired: expired');
  });

  it('is not shortened by an iat that the profile does not name', () => {
    const { outcome, claims } = setUpProfile({ ...withoutIat, maxLifetimeSeconds: 600 });
    expect(outcome({ ...goodClaims, iat: startOfTests - 9999 })).toBe('accepted');
    expect(outcome({ ...goodClaims, iat: 'long ago' })).toBe('accepted');
    expect(claims(goodClaims)).not.toHaveProperty('iat');
  });

  it('is measured again for a remembered token when the clock goes back', () => {
    const { verifier, state } = setUpProfile({ ...withoutIat, maxLifetimeSeconds: 600 });
    const token = tokenWith(noIat);
    const outcome = () => outcomeOf(() => verifier.verify(token));
    expect([outcome(), outcome(), outcome()]).toEqual(Array(3).fill('accepted'));
    expect(verifier.memory()).toMatchObject({ tokens: 1, hits: 1 });
    state.time -= 6;
    expect(outcome()).toBe('invalid_token: lifetime');
    expect(verifier.memory()).toMatchObject({ tokens: 0, hits: 1 });
    state.time += 6;
    expect(outcome()).toBe('accepted');
  });

  it('of a remembered token ends with exp, and begins with nbf', () => {
    const { verifier, state } = setUpProfile({ ...withoutIat, maxLifetimeSeconds: 3600 });
    const token = tokenWith({ ...noIat, nbf: startOfTests });
    const outcomeAt = (seconds: number) => {
      state.time = startOfTests + seconds;
      return outcomeOf(() => verifier.verify(token));
    };
    const [early, late] = ['invalid_token: not_yet_valid', 'token_expired: expired'];
    expect([0, 0, 0, -5, -6, 0, 0, 604, 605].map(outcomeAt)).toEqual([
      ...Array(4).fill('accepted'),
      early,
      'accepted',
      'accepted',
      'accepted',
      late,
    ]);
  });

  it('is measured from iat when the profile says that there may be one, and the token has it', () => {
    const claims = { ...ownProfile.claims, iat: 'seconds?' } as const;
    const { outcome } = setUpProfile({ claims, session: null, maxLifetimeSeconds: 600 });
    expect(outcome({ ...goodClaims, iat: startOfTests - 1 })).toBe('invalid_token: lifetime');
    expect(outcome({ ...goodClaims, iat: startOfTests + 6, exp: startOfTests + 500 })).toBe(
      'invalid_token: not_yet_valid',
    );
    expect(outcome({ ...goodClaims, iat: startOfTests + 5, exp: startOfTests + 5 })).toBe('invalid_token: lifetime');
    expect(outcome(noIat)).toBe('accepted');
    expect(outcome({ ...goodClaims, iat: null })).toBe('invalid_token: claims');
  });

  it('is at most that of the profile, unless the verifier is given another', () => {
    const life = (maxLifetimeSeconds: number, options = {}) =>
      setUpProfile({ maxLifetimeSeconds }, options).outcome({ ...goodClaims, exp: startOfTests + 700 });
    expect([life(699), life(700)]).toEqual(['invalid_token: lifetime', 'accepted']);
    expect([life(1, { maxLifetimeSeconds: 700 }), life(9000, { maxLifetimeSeconds: 699 })]).toEqual([
      'accepted',
      'invalid_token: lifetime',
    ]);
  });
});

describe('header, algorithms, length and session in a profile', () => {
  it('allow the values of typ that are listed, and null only for a header without typ', () => {
    const outcomes = (typ: readonly (string | null)[]) => {
      const { outcome } = setUpProfile({ typ });
      return ['JWT', 'at+jwt', undefined, null, 'null', ''].map(
        (value) => outcome(goodClaims, { typ: value }) === 'accepted',
      );
    };
    expect(outcomes(['JWT'])).toEqual([true, false, false, false, false, false]);
    expect(outcomes(['JWT', 'at+jwt'])).toEqual([true, true, false, false, false, false]);
    expect(outcomes([null])).toEqual([false, false, true, false, false, false]);
    expect(outcomes([null, 'JWT'])).toEqual([true, false, true, false, false, false]);
  });

  it('allow the members that are listed, with any value, and no other', () => {
    const { outcome } = setUpProfile({ otherHeaderMembers: ['x5t', 'cty'] });
    const [good, bad] = ['accepted', 'invalid_token: header'];
    expect([{ x5t: 'x' }, { x5t: null, cty: 5 }, {}].map((more) => outcome(goodClaims, more))).toEqual([
      good,
      good,
      good,
    ]);
    for (const more of [{ x5c: [] }, { x5t: 'x', nonce: 'x' }, { X5T: 'x' }])
      expect(outcome(goodClaims, more)).toBe(bad);
  });

  it('refuse a key of an algorithm that is not listed, whoever put it into the keys', () => {
    const { outcome } = setUpProfile({ algorithms: ['PS256', 'ES256'] }, { keys: profileKeys });
    expect(outcome(goodClaims)).toBe('invalid_token: header');
  });

  it('refuse a longer token', () => {
    const { length } = tokenWith(goodClaims);
    expect(setUpProfile({ maxLength: length }).outcome(goodClaims)).toBe('accepted');
    expect(setUpProfile({ maxLength: length - 1 }).outcome(goodClaims)).toBe('invalid_token: too_long');
  });

  it('compare revocations with the claim that names the session', () => {
    const asked: unknown[] = [];
    const revocations = { isRevoked: (...args: unknown[]) => asked.push(args) > 0 };
    const claims = { origin: 'id', iat: 'seconds' } as const;
    const { outcome } = setUpProfile({ claims, session: 'origin' }, { revocations });
    expect(outcome({ ...goodClaims, origin: 'session-9' })).toBe('token_revoked: revoked');
    expect(asked).toEqual([['session-9', goodClaims.iat]]);
  });

  it('refuse revocations when tokens name no session', () => {
    const build = () => setUpProfile({ session: null }, { revocations: { isRevoked: () => false } });
    expect(build).toThrow(new TypeError('revocations must be null: tokens of this profile name no session'));
    expect(setUpProfile({ session: null }).outcome(goodClaims)).toBe('accepted');
  });

  it('name the issuer of the verifier', () => expect(setUpProfile().verifier.issuer).toBe(goodClaims.iss));
});
