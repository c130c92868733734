import { describe, expect, it } from '@jest/globals';
import { goodClaims } from '../test/access-tokens.ts';
import { setUpProfile } from '../test/profile-setup.ts';
import { type AccessTokenProfile, ownProfile, readProfile } from './access-token-profile.ts';
import * as presets from './presets/index.ts';

const place = { path: ['roles'], form: 'texts', isRequired: true };
const fromJson = (text: string): unknown => JSON.parse(text);

/** The message for a profile of any shape at all. */
function messageFor(profile: unknown): string {
  try {
    readProfile(profile as AccessTokenProfile);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  return 'none';
}

const wrong = (members: object) => messageFor({ ...ownProfile, ...members });

describe('a profile of another shape', () => {
  it.each([null, undefined, 5, 'ownProfile', [], new Map()])('is refused when it is %p', (profile) => {
    expect(messageFor(profile)).toMatch(/^profile(\.typ)? is wrong: /);
  });

  it.each(Object.keys(ownProfile))('is refused without %s', (member) => {
    expect(wrong({ [member]: undefined })).toMatch(new RegExp(`^profile.${member} is wrong: `));
  });

  it.each([
    ['a member that nobody reads', 'profile', { scope: null }],
    ['typ empty', 'profile.typ.1', { typ: ['JWT', ''] }],
    ['typ a number', 'profile.typ.0', { typ: [5] }],
    ['a member of the header empty', 'profile.otherHeaderMembers.0', { otherHeaderMembers: [''] }],
    ['alg of keys true', 'profile.jwk.alg', { jwk: { alg: true, use: 'required' } }],
    ['use of keys absent', 'profile.jwk.use', { jwk: { alg: 'required' } }],
    ['more about keys', 'profile.jwk', { jwk: { alg: 'required', use: 'required', kid: 'optional' } }],
    ['an audience without a name', 'profile.audience.claim', { audience: { claim: '', forms: ['text'] } }],
    ['another form of an audience', 'profile.audience.forms.0', { audience: { claim: 'aud', forms: ['words'] } }],
    ['more about the audience', 'profile.audience', { audience: { ...ownProfile.audience, isRequired: false } }],
    ['a claim without a name', 'profile.claims.', { claims: { ...ownProfile.claims, '': 'text' } }],
    ['a form that is no text', 'profile.claims.x', { claims: { ...ownProfile.claims, x: null } }],
    ['a fixed list', 'profile.fixed.x', { fixed: { x: ['a'] } }],
    ['a fixed null', 'profile.fixed.x', { fixed: { x: null } }],
    ['a place without path', 'profile.roles.path', { roles: { ...place, path: [] } }],
    ['a place with an empty name', 'profile.roles.path.1', { roles: { ...place, path: ['a', ''] } }],
    ['a place of a text', 'profile.scopes.form', { scopes: { ...place, form: 'text' } }],
    ['a place that may be required', 'profile.scopes.isRequired', { scopes: { ...place, isRequired: undefined } }],
    ['more about a place', 'profile.scopes', { scopes: { ...place, isOptional: true } }],
    ['a session without a name', 'profile.session', { session: '' }],
    ['no name of a rule', 'profile.refusesIdTokenBy', { refusesIdTokenBy: '' }],
    ['a limit as text', 'profile.maxLength', { maxLength: '8192' }],
  ])('is refused with %s', (_case, at, members) => {
    expect(wrong(members).split(' is wrong: ')[0]).toBe(at);
  });

  it.each(['iss', 'sub', 'exp', 'nbf', 'aud', 'scopes', 'roles'])(
    'is refused with %s among claims or fixed',
    (claim) => {
      expect(wrong({ claims: { ...ownProfile.claims, [claim]: 'text' } })).toBe(
        `profile.claims is wrong: must not hold ${claim}, which is read already`,
      );
      expect(wrong({ fixed: { [claim]: 'x' } })).toBe(
        `profile.fixed is wrong: must not hold ${claim}, which is read already`,
      );
    },
  );

  it('is refused with a claim that has a form and a fixed value', () => {
    expect(wrong({ fixed: { client_id: 'x' } })).toBe(
      'profile.claims is wrong: must not hold client_id, which is read already',
    );
  });

  it('is refused with a claim named __proto__, which would not be required', () => {
    for (const member of ['claims', 'fixed']) {
      expect(wrong({ [member]: fromJson('{"__proto__":"text"}') })).toBe(
        `profile.${member} is wrong: must not hold __proto__`,
      );
    }
  });

  it.each([
    ['typ', 'must be a list: null stands for a header without typ', { typ: 'JWT' }],
    ['otherHeaderMembers.0', 'must not be such a member', { otherHeaderMembers: ['jku'] }],
    ['algorithms.1', 'must be an asymmetric algorithm', { algorithms: ['RS256', 'HS256'] }],
    ['claims.x', 'must be a form of a claim', { claims: { ...ownProfile.claims, x: 'number' } }],
    ['session', 'must name a text among claims that is required', { session: 'client' }],
    ['claims.iat', 'must be there: revocation of a session compares it', { claims: { sid: 'id' } }],
  ])('has %s named with the rule: %s', (at, rule, members) => {
    expect(wrong(members)).toBe(`profile.${at} is wrong: ${rule}`);
  });

  it('is refused with a function in it, and with members that it only inherits', () => {
    expect(wrong({ typ: ['JWT', () => 'JWT'] })).toBe('profile is wrong: must be plain data');
    expect(messageFor(Object.create(ownProfile))).toMatch(/^profile\.typ is wrong: /);
  });
});

describe('a profile, once a verifier is built,', () => {
  it('cannot be changed: the verifier has a copy, and what this package exports is frozen', () => {
    const profile = structuredClone<AccessTokenProfile>({ ...ownProfile, absent: ['cnf'] });
    const { outcome } = setUpProfile(profile);
    const outcomes = () => [
      outcome(goodClaims),
      outcome(goodClaims, { typ: 'JWT' }),
      outcome(goodClaims, { crit: [] }),
      outcome({ ...goodClaims, cnf: {} }),
    ];
    const before = outcomes();
    expect(before).toEqual(['accepted', 'invalid_token: header', 'invalid_token: header', 'invalid_token: claims']);
    Reflect.set(profile, 'absent', []);
    Reflect.apply(Array.prototype.push, profile.typ, ['JWT']);
    Reflect.apply(Array.prototype.push, profile.otherHeaderMembers, ['crit']);
    expect(outcomes()).toEqual(before);
    for (const exported of [ownProfile, ...Object.values(presets)]) {
      expect(() => Reflect.apply(Array.prototype.push, exported.typ, ['none'])).toThrow(TypeError);
      expect(Object.isFrozen(exported.audience.forms)).toBe(true);
    }
  });
});
