import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { privateKey } from '../test/access-tokens.ts';
import type { PublicKeyAlgorithm } from './jws-algorithms.ts';
import { type IgnoredKey, type KeyRules, parseJwks, parseOwnJwks } from './public-keys.ts';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
const jwks = {
  rsa: createPublicKey(privateKey).export({ format: 'jwk' }),
  p256: ec('P-256'),
  p384: ec('P-384'),
  p521: ec('P-521'),
  ed25519: generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }),
  ed448: generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' }),
};
type Kind = keyof typeof jwks;

function rules(
  algorithms: readonly PublicKeyAlgorithm[],
  alg: KeyRules['jwk']['alg'] = 'optional',
  use: KeyRules['jwk']['use'] = 'optional',
): KeyRules {
  return { algorithms, jwk: { alg, use } };
}

/** The algorithm that a key gets under the rules of a profile, or why it is ignored. */
function readKey(kind: Kind, profile: KeyRules, more: object = {}): string {
  const ignored: IgnoredKey[] = [];
  const other = { ...jwks.rsa, kid: 'other', alg: 'RS256', use: 'sig' };
  const set = { keys: [{ ...jwks[kind], kid: 'k', ...more }] };
  const withOther = { algorithms: [...new Set([...profile.algorithms, 'RS256' as const])], jwk: profile.jwk };
  // A set without any usable key is an error: the same text, thrown.
  if (profile.algorithms.includes('RS256')) {
    const keys = parseJwks(
      { keys: [...set.keys, other] },
      { profile: withOther, onIgnored: (key) => ignored.push(key) },
    );
    expect(keys.has('k')).toBe(ignored.length === 0);
  }
  try {
    return parseJwks(set, { profile }).get('k')?.alg ?? 'no key';
  } catch (error) {
    const text = error instanceof Error ? error.message.replace(/^keys\[0\][. ]/, '') : '';
    if (ignored.length > 0) expect(ignored).toEqual([{ kid: 'k', reason: expect.stringContaining(text) }]);
    return text;
  }
}

describe('a key under the rules of a profile', () => {
  it('has the only algorithm for its kty and crv when it names none', () => {
    const one = rules(['RS256', 'ES256', 'ES384', 'EdDSA']);
    expect((['rsa', 'p256', 'p384', 'ed25519'] as const).map((kind) => readKey(kind, one))).toEqual([
      'RS256',
      'ES256',
      'ES384',
      'EdDSA',
    ]);
    expect(readKey('rsa', rules(['PS512']))).toBe('PS512');
    expect(readKey('ed25519', rules(['Ed25519']))).toBe('Ed25519');
  });

  it.each([
    ['rsa', ['RS256', 'PS256'], 'alg must be RS256 or PS256 for an RSA key'],
    ['rsa', ['RS256', 'RS384', 'ES256'], 'alg must be RS256 or RS384 for an RSA key'],
    ['ed25519', ['RS256', 'EdDSA', 'Ed25519'], 'alg must be EdDSA or Ed25519 for an OKP key'],
  ] as const)('of %s is ignored when it names none and %p leave a choice', (kind, algorithms, reason) => {
    expect(readKey(kind, rules(algorithms))).toBe(reason);
    for (const alg of ['', 'none', 'HS256', 'toString']) expect(readKey(kind, rules(algorithms), { alg })).toBe(reason);
    const [first] = algorithms;
    const alg = kind === 'rsa' ? first : 'EdDSA';
    expect(readKey(kind, rules(algorithms), { alg })).toBe(alg);
  });

  it('must name it where the profile says so', () => {
    expect(readKey('rsa', rules(['RS256'], 'required'))).toBe('alg must be RS256 for an RSA key');
    expect(readKey('p384', rules(['RS256', 'ES384'], 'required'))).toBe('alg must be ES384 for an EC key');
    expect(readKey('rsa', rules(['RS256'], 'required'), { alg: 'RS256' })).toBe('RS256');
  });

  it.each(['RS384', 'RS512', 'PS256', 'ES256', 'HS256', 'none', 'rs256', '', 'toString'])(
    'is ignored when it names %p, which does not fit, also where alg may be absent',
    (alg) => expect(readKey('rsa', rules(['RS256']), { alg })).toBe('alg must be RS256 for an RSA key'),
  );

  it.each([5, null, ['RS256']])('is ignored when alg is %p', (alg) => {
    expect(readKey('rsa', rules(['RS256']), { alg })).toBe('alg must be a string');
  });

  it('is for signatures, and must say so where the profile demands it', () => {
    expect(readKey('rsa', rules(['RS256'], 'optional', 'required'))).toBe('use must be "sig"');
    expect(readKey('rsa', rules(['RS256'], 'optional', 'required'), { use: 'sig' })).toBe('RS256');
    for (const use of ['enc', '', null, 'SIG']) {
      expect(readKey('rsa', rules(['RS256']), { use })).toBe('use must be "sig"');
    }
    expect(readKey('rsa', rules(['RS256']), { key_ops: ['verify'] })).toBe('RS256');
    expect(readKey('rsa', rules(['RS256']), { key_ops: ['encrypt'] })).not.toBe('RS256');
  });

  it.each([
    ['p256', ['RS256', 'ES384'], 'crv must be P-384'],
    ['p521', ['RS256', 'ES256', 'ES384'], 'crv must be P-256 or P-384'],
    ['p521', ['ES256'], 'crv must be P-256'],
    ['ed448', ['RS256', 'EdDSA', 'Ed25519'], 'crv must be Ed25519'],
    ['p256', ['RS256', 'EdDSA'], 'kty must not be EC: no algorithm is allowed for it'],
    ['rsa', ['ES256', 'EdDSA'], 'kty must not be RSA: no algorithm is allowed for it'],
    ['ed25519', ['RS256', 'ES256'], 'kty must not be OKP: no algorithm is allowed for it'],
  ] as const)('of %s is ignored where only %p are allowed', (kind, algorithms, reason) => {
    expect(readKey(kind, rules(algorithms))).toBe(reason);
    expect(readKey(kind, rules(algorithms), { alg: 'ES256', use: 'sig' })).toBe(reason);
  });

  it('cannot pass for one of another curve by its crv', () => {
    expect(readKey('p384', rules(['ES256']), { crv: 'P-256' })).toBe('is not a valid public key');
    expect(readKey('ed448', rules(['EdDSA']), { crv: 'Ed25519' })).toBe('is not a valid public key');
    expect(readKey('p256', rules(['ES256']), { crv: undefined })).toBe('crv must be a string');
  });

  it('has a crv that counts for EC and OKP alone', () => {
    expect(readKey('rsa', rules(['RS256']), { crv: 'P-256' })).toBe('RS256');
  });

  it('is no key of our own set when it needs the rules of another profile', () => {
    const set = { keys: [{ ...jwks.p384, kid: 'k', alg: 'ES384', use: 'sig' }] };
    expect(parseJwks(set, { profile: rules(['ES384'], 'required', 'required') }).get('k')?.alg).toBe('ES384');
    expect(() => parseOwnJwks(set)).toThrow('keys[0].crv must be P-256');
    expect(() => parseJwks(set)).toThrow('keys[0].crv must be P-256');
  });
});

describe('the keys of our own profile', () => {
  it('may be of Ed25519 with the alg EdDSA', () => {
    const set = { keys: [{ ...jwks.ed25519, kid: 'd', alg: 'EdDSA', use: 'sig' }] };
    for (const keys of [parseJwks(set), parseOwnJwks(set)]) {
      expect([...keys.values()].map(({ kid, alg, key }) => [kid, alg, key.asymmetricKeyType])).toEqual([
        ['d', 'EdDSA', 'ed25519'],
      ]);
    }
  });
});
