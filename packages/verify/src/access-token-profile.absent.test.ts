import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { goodClaims, setUpAccessTokens } from '../test/access-tokens.ts';
import { outcomeOf } from '../test/outcome.ts';
import { createAccessTokenVerifier } from './access-token.ts';
import { type AccessTokenProfile, ownProfile, readProfile } from './access-token-profile.ts';

const { clock, forged, issuer } = setUpAccessTokens();
const common = { issuer: goodClaims.iss, audience: 'order', keys: issuer.keys, revocations: null, now: clock.now };
const verifierOf = (profile: AccessTokenProfile) => createAccessTokenVerifier({ ...common, profile });
const strict = { ...ownProfile, absent: ['nonce', 'cnf'] };

describe('claims that a profile demands to be absent', () => {
  it.each([['x'], [''], [null], [false], [0], [{}], [[]]])('refuse a token that has one as %j', (value) => {
    const verifier = verifierOf(strict);
    for (const name of strict.absent) {
      expect(outcomeOf(() => verifier.verify(forged({ ...goodClaims, [name]: value })))).toBe('invalid_token: claims');
    }
  });

  it('let a token without them pass, with the same claims', () => {
    expect(verifierOf(strict).verify(forged(goodClaims))).toEqual(verifierOf(ownProfile).verify(forged(goodClaims)));
  });

  it.each([[ownProfile], [{ ...ownProfile, absent: [] }]])('are none unless the profile names some', (profile) => {
    expect(outcomeOf(() => verifierOf(profile).verify(forged({ ...goodClaims, nonce: 'x' })))).toBe('accepted');
  });

  it('are looked for among the claims of the token alone, and not among inherited ones', () => {
    const verifier = verifierOf({ ...ownProfile, absent: ['toString', 'constructor'] });
    expect(outcomeOf(() => verifier.verify(forged(goodClaims)))).toBe('accepted');
    expect(outcomeOf(() => verifier.verify(forged({ ...goodClaims, toString: 'x' })))).toBe('invalid_token: claims');
  });

  it.each(['iss', 'sub', 'exp', 'nbf', 'aud', 'client_id', 'sid'])('cannot be %s, which the profile reads', (name) => {
    expect(() => readProfile({ ...ownProfile, absent: [name] })).toThrow(
      new TypeError(`profile.absent is wrong: must not hold ${name}, which is read already`),
    );
  });

  it('cannot be one with a fixed value, nor the claim that stands for the audience', () => {
    const fixed = { ...ownProfile, fixed: { token_use: 'access' }, absent: ['token_use'] };
    expect(() => readProfile(fixed)).toThrow('profile.absent is wrong: must not hold token_use');
    const azp: AccessTokenProfile = { ...ownProfile, audience: { claim: 'azp', forms: ['text'] }, absent: ['azp'] };
    expect(() => readProfile(azp)).toThrow('profile.absent is wrong: must not hold azp');
    expect(() => readProfile({ ...azp, absent: ['aud'] })).not.toThrow();
  });

  it('must be a list', () => {
    const profile = JSON.parse(JSON.stringify({ ...ownProfile, absent: 'nonce' }));
    expect(() => readProfile(profile)).toThrow('profile.absent is wrong');
  });

  it('cannot be read by a schema of further claims', () => {
    const claims = z.object({ nonce: z.string() });
    const create = () => createAccessTokenVerifier({ ...common, profile: strict, claims });
    expect(create).toThrow('claims must not hold nonce, which the profile checks');
  });
});
