import { describe, expect, it } from '@jest/globals';
import { setUpProfile } from '../test/profile-setup.ts';
import { type AccessTokenProfile, longestToken, ownProfile, readProfile } from './access-token-profile.ts';

/** As a JavaScript caller would write it, or a file. */
function build(members: object): () => unknown {
  return () => readProfile({ ...ownProfile, ...members } as unknown as AccessTokenProfile);
}

const { iat: _iat, sid: _sid, ...rest } = ownProfile.claims;
const place = { path: ['roles'], form: 'texts', isRequired: true };

describe('readProfile', () => {
  it.each([
    ['ours', {}],
    ['a header without typ', { typ: [null] }],
    ['members that are not used', { otherHeaderMembers: ['x5t', 'cty', 'nonce'] }],
    [
      'every algorithm',
      { algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA', 'Ed25519'] },
    ],
    ['keys without alg and use', { jwk: { alg: 'optional', use: 'optional' } }],
    ['an audience that is a text', { audience: { claim: 'client_id', forms: ['text', 'texts'] } }],
    ['no claims of its own', { claims: {}, session: null }],
    [
      'each form',
      { claims: { a: 'text', b: 'id?', c: 'id128', d: 'words?', e: 'texts', f: 'seconds?' }, session: null },
    ],
    ['fixed values', { fixed: { a: 'x', b: 1, c: false } }],
    ['no places', { scopes: null, roles: null }],
    ['a place that is optional and nested', { roles: { ...place, path: ['a', 'b'], isRequired: false } }],
    ['a session that is a text', { claims: { ...ownProfile.claims, sid: 'text' } }],
    ['the shortest limits', { maxLifetimeSeconds: 1, maxLength: 1 }],
    ['the longest limits', { maxLifetimeSeconds: 86_400, maxLength: longestToken }],
    ['an issuer without ID tokens', { refusesIdTokenBy: null }],
  ])('accepts %s', (_case, members) => expect(build(members)).not.toThrow());

  const rules: [string, string, readonly unknown[]][] = [
    ['typ', 'typ', [undefined, null, [], 'at+jwt']],
    ['otherHeaderMembers', 'otherHeaderMembers', [undefined, null, 'x5t']],
    ['algorithms', 'algorithms', [undefined, null, [], 'RS256', ['HS256'], ['none'], ['RS256', 'toString'], [null]]],
    [
      'audience',
      'audience',
      [undefined, null, {}, { claim: 'aud' }, { claim: 'aud', forms: [] }, { claim: 'aud', forms: 'text' }],
    ],
    ['maxLifetimeSeconds', 'maxLifetimeSeconds', [undefined, null, 0, -1, 0.5, 86_401, Number.NaN, '60']],
    ['maxLength', 'maxLength', [undefined, null, 0, -1, 0.5, longestToken + 1, Number.NaN, '60']],
  ];
  it.each(rules)('names profile.%s when it is wrong', (member, text, values) => {
    for (const value of values) {
      expect(build({ [member]: value })).toThrow(TypeError);
      expect(build({ [member]: value })).toThrow(`profile.${text}`);
    }
  });

  it.each(['crit', 'b64', 'zip', 'enc', 'jwk', 'jku', 'x5u', 'x5c'])(
    'refuses %s as a member of the header, though it is listed',
    (member) => {
      expect(build({ otherHeaderMembers: ['x5t', member] })).toThrow('profile.otherHeaderMembers');
    },
  );

  it.each(['iss', 'sub', 'exp', 'nbf'])('refuses a form of %s, which every verifier checks', (claim) => {
    expect(build({ claims: { ...ownProfile.claims, [claim]: 'text' } })).toThrow('profile.claims');
  });

  it.each(['number', '', '?', 'texts??', 'text ', 'TEXT', 'id128id', 'toString'])('refuses the form %p', (form) => {
    expect(build({ claims: { ...ownProfile.claims, x: form } })).toThrow('profile.claims');
  });

  it('refuses a claim with a form and a fixed value', () => {
    expect(build({ fixed: { client_id: 'x' } })).toThrow(TypeError);
  });

  it('refuses a session without what revocation compares', () => {
    expect(build({ claims: { ...rest, iat: 'seconds' } })).toThrow('session');
    for (const form of ['id?', 'text?', 'words', 'texts', 'seconds']) {
      expect(build({ claims: { ...rest, iat: 'seconds', sid: form } })).toThrow('session');
    }
    expect(build({ session: 'constructor' })).toThrow('session');
    for (const iat of [undefined, 'seconds?', 'text']) {
      expect(build({ claims: { ...rest, sid: 'id', ...(iat === undefined ? {} : { iat }) } })).toThrow('iat');
    }
  });

  it('is asked when a verifier is built', () => {
    expect(() => setUpProfile({ typ: [] })).toThrow('profile.typ');
  });
});
