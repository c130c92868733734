import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { goodClaims, otherKey, privateKey } from '../test/access-tokens.ts';
import { forge, rs256, unsigned } from '../test/forge.ts';
import { outcomeOf } from '../test/outcome.ts';
import { startOfTests } from '../test/test-clock.ts';
import { createAccessTokenVerifier, type RememberingVerifier } from './access-token.ts';
import type { VerifiedClaims } from './access-token-claims.ts';
import { type AccessTokenProfile, longestToken, ownProfile } from './access-token-profile.ts';
import { AuthError } from './auth-error.ts';
import { createIssuers } from './issuers.ts';
import type { PublicKey } from './public-keys.ts';

const names = { a: 'https://a.example', b: 'https://b.example' };
const secrets = { a: privateKey, b: otherKey };
type Name = keyof typeof names;
const header = { alg: 'RS256', typ: 'at+jwt', kid: 'k' };

/** The token of an issuer, signed with its key or that of the other one. */
function tokenOf(name: Name, claims: object = {}, by: Name = name): string {
  return forge({ header, payload: { ...goodClaims, iss: names[name], ...claims }, sign: rs256(secrets[by]) });
}

/** Two issuers whose keys have the same key id. */
function setUp(profiles: Partial<Record<Name, Partial<AccessTokenProfile>>> = {}) {
  const asked: string[] = [];
  const state = { time: startOfTests, revoked: { a: '', b: '' }, away: { a: false, b: false } };
  const verifierOf = (name: Name) => {
    const keys = new Map<string, PublicKey>([['k', { kid: 'k', alg: 'RS256', key: createPublicKey(secrets[name]) }]]);
    return createAccessTokenVerifier<AccessTokenProfile>({
      issuer: names[name],
      audience: name === 'a' ? 'order' : 'user',
      profile: { ...ownProfile, ...profiles[name] },
      keys() {
        if (state.away[name]) throw new AuthError('unavailable', 'keys_unavailable');
        return keys;
      },
      revocations: { isRevoked: (sid) => sid === state.revoked[name] },
      onUnknownKid: (kid) => asked.push(`${name} ${kid}`),
      now: () => state.time,
    });
  };
  const [a, b] = [verifierOf('a'), verifierOf('b')];
  const issuers = createIssuers([a, b]);
  return { a, b, issuers, state, asked, outcome: (token: unknown) => outcomeOf(() => issuers.verify(token as string)) };
}

describe('createIssuers', () => {
  it('verifies the token of each issuer with its verifier', () => {
    const { issuers, a, b } = setUp();
    for (const [name, verifier] of [
      ['a', a],
      ['b', b],
    ] as const) {
      const token = tokenOf(name);
      expect(issuers.verify(token)).toEqual(verifier.verify(token));
      expect(issuers.verify(token).iss).toBe(names[name]);
    }
  });

  it('rejects a token of one issuer that is signed with the key of another, though both have its key id', () => {
    const { outcome } = setUp();
    for (const [name, by] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      expect(outcome(tokenOf(name, {}, by))).toBe('invalid_token: signature');
      expect(outcome(tokenOf(name))).toBe('accepted');
      expect(outcome(tokenOf(name, {}, by))).toBe('invalid_token: signature');
    }
  });

  it('keeps audiences, profiles and revocations of issuers apart', () => {
    const { outcome, state } = setUp({ b: { typ: ['JWT'] } });
    expect(outcome(tokenOf('a', { aud: ['user'] }))).toBe('invalid_token: audience');
    expect(outcome(tokenOf('a'))).toBe('accepted');
    expect(outcome(tokenOf('b'))).toBe('invalid_token: header');
    state.revoked.a = goodClaims.sid;
    expect(outcome(tokenOf('a'))).toBe('token_revoked: revoked');
    const { outcome: other, state: revoked } = setUp();
    revoked.revoked.b = goodClaims.sid;
    expect([other(tokenOf('a')), other(tokenOf('b'))]).toEqual(['accepted', 'token_revoked: revoked']);
  });

  it('asks only the issuer of a token for an unknown key, and needs only its keys', () => {
    const { outcome, asked, state } = setUp();
    const sign = rs256(privateKey);
    const unknown = forge({ header: { ...header, kid: 'new' }, payload: { ...goodClaims, iss: names.b }, sign });
    expect(outcome(unknown)).toBe('invalid_token: kid_unknown');
    expect(asked).toEqual(['b new']);
    expect([outcome(tokenOf('a')), outcome(tokenOf('a'))]).toEqual(['accepted', 'accepted']);
    state.away.b = true;
    expect([outcome(tokenOf('a')), outcome(tokenOf('a'))]).toEqual(['accepted', 'accepted']);
    expect(outcome(tokenOf('b'))).toBe('unavailable: keys_unavailable');
  });

  it('remembers tokens for each issuer apart, and finds revocation, time and key again at each use', () => {
    const { a, b, issuers, outcome, state } = setUp();
    const [ofA, ofB] = [tokenOf('a'), tokenOf('b')];
    for (const _use of [1, 2, 3]) expect([outcome(ofA), outcome(ofB)]).toEqual(['accepted', 'accepted']);
    expect([a.memory().tokens, b.memory().tokens]).toEqual([1, 1]);
    expect([a.memory().hits, b.memory().hits]).toEqual([1, 1]);
    expect(issuers.memory()).toEqual({ tokens: 2, bytes: a.memory().bytes + b.memory().bytes, hits: 2 });
    expect(issuers.verify(ofB)).toBe(b.verify(ofB));
    state.revoked.b = goodClaims.sid;
    expect([outcome(ofA), outcome(ofB)]).toEqual(['accepted', 'token_revoked: revoked']);
    expect(issuers.memory().tokens).toBe(1);
    state.time += 1000;
    expect(outcome(ofA)).toBe('token_expired: expired');
    expect(issuers.memory()).toMatchObject({ tokens: 0, bytes: 0 });
  });

  it('rejects a remembered token whose payload was given another issuer', () => {
    const { outcome } = setUp();
    const [ofA, ofB] = [tokenOf('a'), tokenOf('b')];
    for (const token of [ofA, ofA, ofB, ofB]) expect(outcome(token)).toBe('accepted');
    const [head, payload] = ofB.split('.');
    expect(outcome(`${head}.${payload}.${ofA.split('.')[2]}`)).toBe('invalid_token: signature');
  });
});

describe('the issuer that a token names', () => {
  const json = (iss: string) => JSON.stringify(goodClaims).replace(`"iss":"${goodClaims.iss}"`, iss);

  it('is the last one when the JSON has two, for the choice and for the check', () => {
    const { outcome } = setUp();
    const signed = (iss: string, by: Name) => forge({ header, payload: json(iss), sign: rs256(secrets[by]) });
    const twice = `"iss":"${names.a}","iss":"${names.b}"`;
    expect(outcome(signed(twice, 'b'))).toBe('accepted');
    expect(outcome(signed(twice, 'a'))).toBe('invalid_token: signature');
    expect(outcome(signed(`"iss":"${names.b}","iss":"https://evil.example"`, 'b'))).toBe('invalid_token: issuer');
  });

  it.each([
    ['a list', `"iss":["${names.a}"]`],
    ['a list of both', `"iss":["${names.a}","${names.b}"]`],
    ['an object', `"iss":{"toString":"${names.a}"}`],
    ['in __proto__', `"__proto__":{"iss":"${names.a}"}`],
    ['the name of an inherited member', '"iss":"__proto__"'],
    ['the name of an inherited method', '"iss":"toString"'],
    ['absent', '"issuer":"x"'],
    ['null', '"iss":null'],
    ['a number', '"iss":0'],
    ['empty', '"iss":""'],
    ['unknown', '"iss":"https://c.example"'],
    ['followed by a slash', `"iss":"${names.a}/"`],
    ['followed by a path', `"iss":"${names.a}/tenant"`],
    ['followed by a space', `"iss":"${names.a} "`],
    ['followed by a NUL', `"iss":"${names.a}\\u0000"`],
    ['in capitals', `"iss":"${names.a.toUpperCase()}"`],
    ['the beginning of a name', `"iss":"${names.a.slice(0, -1)}"`],
    ['a pattern', '"iss":"https://.*"'],
  ])('is rejected when it is %s', (_case, iss) => {
    const { outcome, a, b } = setUp();
    for (const by of ['a', 'b'] as const) {
      expect(outcome(forge({ header, payload: json(iss), sign: rs256(secrets[by]) }))).toBe('invalid_token: issuer');
    }
    // No verifier was asked: none has anything of the token.
    expect([a.memory().hits, b.memory().hits]).toEqual([0, 0]);
  });

  it('is read from the payload alone', () => {
    const { outcome } = setUp();
    const withHeader = forge({
      header: { ...header, iss: names.b },
      payload: { ...goodClaims, iss: names.a },
      sign: rs256(privateKey),
    });
    expect(outcome(withHeader)).toBe('invalid_token: header');
  });

  it('makes no token good that nobody signed', () => {
    const { outcome } = setUp();
    const payload = { ...goodClaims, iss: names.a };
    const none = { ...header, alg: 'none' };
    expect(outcome(forge({ header: none, payload, sign: unsigned }))).toBe('invalid_token: malformed');
    expect(outcome(forge({ header: none, payload, sign: () => Buffer.from('x') }))).toBe('invalid_token: header');
    expect(outcome(forge({ header, payload, sign: () => Buffer.alloc(256) }))).toBe('invalid_token: signature');
  });

  it.each([
    ['undefined', undefined],
    ['no text', 5],
    ['empty', ''],
    ['nonsense', 'nonsense'],
    ['of two segments', 'a.b'],
    ['a payload that is no JSON', forge({ header, payload: '{"iss":', sign: unsigned })],
    ['a payload that is a text', forge({ header, payload: '"text"', sign: () => Buffer.from('x') })],
    ['a payload that is null', forge({ header, payload: 'null', sign: () => Buffer.from('x') })],
    ['a payload that is a list', forge({ header, payload: `["${names.a}"]`, sign: () => Buffer.from('x') })],
    ['a payload that is no UTF-8', forge({ header, payload: Buffer.from([0xff]), sign: () => Buffer.from('x') })],
    ['a payload with bits left over', `${tokenOf('a').split('.')[0]}.AB.AAAA`],
  ])('is not looked for in a token that is %s', (_case, token) => {
    expect(setUp().outcome(token)).toBe('invalid_token: malformed');
  });

  it('is not looked for in a token that is too long for every profile', () => {
    const { outcome } = setUp();
    expect(outcome('a'.repeat(longestToken + 1))).toBe('invalid_token: too_long');
    expect(outcome('a'.repeat(longestToken))).toBe('invalid_token: malformed');
    expect(outcome(tokenOf('a', { more: 'x'.repeat(8000) }))).toBe('invalid_token: too_long');
    const { outcome: longer } = setUp({ b: { maxLength: longestToken } });
    expect(longer(tokenOf('b', { more: 'x'.repeat(8000) }))).toBe('accepted');
  });
});

describe('the list of createIssuers', () => {
  const { a, b } = setUp();
  type List = readonly RememberingVerifier<VerifiedClaims>[];

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty list', []],
    ['a verifier alone', a],
    ['a set', new Set([a])],
    ['an object', { length: 1, 0: a }],
  ])('is refused when it is %s', (_case, list) => {
    expect(() => createIssuers(list as unknown as List)).toThrow(
      new TypeError('createIssuers needs a list of verifiers'),
    );
  });

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', names.b],
    ['a verifier without recall', { ...b, recall: undefined }],
    ['a verifier without issuer', { ...b, issuer: undefined }],
    ['the verifier of createIssuers', createIssuers([b])],
  ])('is refused when it holds %s', (_case, entry) => {
    expect(() => createIssuers([a, entry] as unknown as List)).toThrow(
      new TypeError('createIssuers needs verifiers from createAccessTokenVerifier'),
    );
  });

  it('is refused with an issuer twice', () => {
    const text = 'createIssuers needs verifiers of different issuers';
    expect(() => createIssuers([a, a])).toThrow(new TypeError(text));
    expect(() => createIssuers([a, b, setUp().a])).toThrow(new TypeError(text));
  });

  it('is copied: what is added later is not used', () => {
    const list = [a];
    const issuers = createIssuers(list);
    list.push(b);
    expect(outcomeOf(() => issuers.verify(tokenOf('b')))).toBe('invalid_token: issuer');
    for (const _use of [1, 2]) b.verify(tokenOf('b'));
    expect(outcomeOf(() => issuers.verify(tokenOf('b')))).toBe('invalid_token: issuer');
  });
});
