import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { goodClaims, headerOf, otherKey, setUpAccessTokens } from '../test/access-tokens.ts';
import { forge, rs256 } from '../test/forge.ts';
import { outcomeOf } from '../test/outcome.ts';
import { startOfTests } from '../test/test-clock.ts';
import type { AccessTokenVerifierOptions } from './access-token-options.ts';
import { keepUnchangedKeys, type PublicKey, type PublicKeys, parseJwks } from './public-keys.ts';

const { forged, issuer, verifierWith } = setUpAccessTokens();
const token = forged(goodClaims);

/** A verifier that has accepted the token, with everything around it that can change. */
function setUp(options: Partial<AccessTokenVerifierOptions> = {}) {
  const state = { keys: new Map(issuer.keys), time: startOfTests, revoked: new Set<string>(), asked: [] as string[] };
  const verifier = verifierWith({
    keys: () => state.keys,
    now: () => state.time,
    revocations: { isRevoked: (sid) => state.revoked.has(sid) },
    onUnknownKid: (kid) => state.asked.push(kid),
    ...options,
  });
  const outcome = (text = token) => outcomeOf(() => verifier.verify(text));
  // A token is remembered the second time.
  expect([outcome(), outcome()]).toEqual(['accepted', 'accepted']);
  return { state, verifier, outcome, hits: () => verifier.memory().hits };
}

function entryOf(keys: PublicKeys): PublicKey {
  const entry = keys.get(issuer.kid);
  if (entry === undefined) throw new Error('the issuer has no key');
  return entry;
}

describe('a token that was verified before', () => {
  it('is not verified in full again: the claims are the same object', () => {
    const { verifier, hits } = setUp();
    expect(verifier.verify(token)).toBe(verifier.verify(token));
    expect(hits()).toBe(2);
  });

  it('is verified in full again with the memory off', () => {
    const { verifier } = setUp({ rememberTokens: 0 });
    expect(verifier.verify(token)).not.toBe(verifier.verify(token));
    expect(verifier.verify(token)).toEqual(verifier.verify(token));
    expect(verifier.memory()).toEqual({ tokens: 0, bytes: 0, hits: 0 });
  });

  it.each([
    ['has expired', 605, 'token_expired: expired'],
    ['is still within the tolerance', 604, 'accepted'],
    ['was issued later than now, on a clock that went back', -6, 'invalid_token: not_yet_valid'],
    ['was issued a little later than now', -5, 'accepted'],
  ])('is compared with the current time when it %s', (_case, seconds, expected) => {
    const { state, outcome } = setUp();
    state.time += seconds;
    expect(outcome()).toBe(expected);
    state.time = startOfTests;
    expect(outcome()).toBe('accepted');
  });

  it('is rejected before its nbf after the clock was set back', () => {
    const later = forged({ ...goodClaims, iat: startOfTests - 60, nbf: startOfTests });
    const { state, outcome } = setUp();
    expect([outcome(later), outcome(later)]).toEqual(['accepted', 'accepted']);
    state.time -= 6;
    expect(outcome(later)).toBe('invalid_token: not_yet_valid');
  });

  it('is rejected when its session is revoked, and is dropped from the cache', () => {
    const { state, verifier, outcome } = setUp();
    state.revoked.add(goodClaims.sid);
    expect(outcome()).toBe('token_revoked: revoked');
    expect(verifier.memory()).toMatchObject({ tokens: 0, bytes: 0 });
    expect(outcome()).toBe('token_revoked: revoked');
  });

  it('is rejected when its key is removed, and onUnknownKid is called once per use', () => {
    const { state, outcome } = setUp();
    state.keys.clear();
    expect([outcome(), outcome()]).toEqual(['invalid_token: kid_unknown', 'invalid_token: kid_unknown']);
    expect(state.asked).toEqual([issuer.kid, issuer.kid]);
  });

  it('is rejected when its kid is given to another key, or its key another algorithm', () => {
    const { state, outcome } = setUp();
    const [other] = parseJwks({ keys: [{ ...otherJwk(), kid: issuer.kid, alg: 'RS256', use: 'sig' }] }).values();
    if (other === undefined) throw new Error('no key');
    state.keys.set(issuer.kid, other);
    expect(outcome()).toBe('invalid_token: signature');
    state.keys.set(issuer.kid, { ...entryOf(issuer.keys), alg: 'PS256' });
    expect(outcome()).toBe('invalid_token: header');
  });

  it('is verified in full once more when the same key is another object', () => {
    const { state, outcome, hits } = setUp();
    state.keys.set(issuer.kid, { ...entryOf(issuer.keys), key: createPublicKey(issuer.privateKey) });
    expect([outcome(), hits(), outcome(), hits()]).toEqual(['accepted', 0, 'accepted', 1]);
  });

  it('does not make another text with its signature valid', () => {
    const { outcome, hits } = setUp();
    const [header, payload, signature] = token.split('.');
    const other = forge({ header: { ...headerOf(issuer), alg: 'PS256' }, payload: '', sign: rs256(issuer.privateKey) });
    expect(outcome(`${other.split('.')[0]}.${payload}.${signature}`)).toBe('invalid_token: header');
    expect(outcome(`${header}.${forged({ ...goodClaims, roles: ['admin'] }).split('.')[1]}.${signature}`)).toBe(
      'invalid_token: signature',
    );
    expect(outcome(`${token} `)).toBe('invalid_token: malformed');
    expect(hits()).toBe(0);
  });
});

describe('a verifier that caches tokens', () => {
  it('caches no token that it rejected, for any reason', () => {
    const { state, verifier, outcome } = setUp({ accepts: ({ sub }) => sub !== 'stranger' });
    verifier.verify(token);
    state.revoked.add('revoked');
    const refused = [
      forged({ ...goodClaims, exp: 1 }),
      forged({ ...goodClaims, aud: ['product'] }),
      forged({ ...goodClaims, sid: 'revoked' }),
      forged({ ...goodClaims, sub: 'stranger' }),
      `${token.slice(0, -8)}AAAAAAAA`,
      'nonsense',
    ];
    for (const text of refused) expect(outcome(text)).not.toBe('accepted');
    expect(verifier.memory().tokens).toBe(1);
  });

  it('reads the clock once for each use', () => {
    let reads = 0;
    const { outcome } = setUp({ now: () => startOfTests + ++reads });
    expect(outcome()).toBe('accepted');
    expect(reads).toBe(3);
  });

  it('checks revocation once per use', () => {
    const asked: unknown[] = [];
    const isRevoked = (...args: unknown[]) => asked.push(args) < 0;
    const { outcome } = setUp({ revocations: { isRevoked } });
    expect(outcome()).toBe('accepted');
    expect(asked).toEqual(Array(3).fill([goodClaims.sid, goodClaims.iat]));
  });

  it('throws the same as without memory when keys, clock or revocations fail', () => {
    const broken = () => {
      throw new Error('broken');
    };
    const parts = { keys: () => issuer.keys, now: () => startOfTests, isRevoked: () => false };
    const { verifier } = setUp({
      keys: () => parts.keys(),
      now: () => parts.now(),
      revocations: { isRevoked: () => parts.isRevoked() },
    });
    for (const name of ['keys', 'now', 'isRevoked'] as const) {
      const good = parts[name];
      Object.assign(parts, { [name]: broken });
      expect(() => verifier.verify(token)).toThrow('broken');
      Object.assign(parts, { [name]: good });
    }
    expect(verifier.verify(token).sub).toBe(goodClaims.sub);
  });

  it('keeps its tokens when the same keys are read again, but not those of a key that changed', () => {
    const { state, outcome, hits } = setUp();
    state.keys = new Map(keepUnchangedKeys(state.keys, parseJwks(issuer.jwks)));
    expect([outcome(), hits()]).toEqual(['accepted', 1]);
    const [jwk] = issuer.jwks.keys;
    for (const changed of [
      { ...jwk, alg: 'PS256' },
      { ...jwk, ...otherJwk() },
      { ...jwk, kid: 'renamed' },
    ]) {
      const after = parseJwks({ keys: [changed] });
      expect([...keepUnchangedKeys(issuer.keys, after)]).toEqual([...after]);
      expect([...keepUnchangedKeys(issuer.keys, after).values()][0]).toBe([...after.values()][0]);
    }
  });
});

function otherJwk(): object {
  const { n, e } = createPublicKey(otherKey).export({ format: 'jwk' });
  return { kty: 'RSA', n, e };
}
