import { createECDH, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { privateKey } from '../test/access-tokens.ts';
import { KeyMaterialError } from './key-material.ts';
import { type IgnoredKey, parseJwks, parseOwnJwks } from './public-keys.ts';

const rsaJwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'r', alg: 'RS256', use: 'sig' };
const privateRsa = privateKey.export({ format: 'jwk' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecJwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'e', alg: 'ES256', use: 'sig' };
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const okp = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const x25519 = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

/** The member that is rejected, and why; throws when nothing is. */
function problemOf(input: unknown): string {
  try {
    parseJwks(input);
  } catch (error) {
    if (!(error instanceof KeyMaterialError)) throw error;
    expect(error.name).toBe('KeyMaterialError');
    expect(error.message.startsWith(error.member)).toBe(true);
    return error.message;
  }
  return 'none';
}

const problemOfKey = (jwk: unknown) => problemOf({ keys: [jwk] });

describe('parseJwks', () => {
  it('reads RSA and EC keys by their kid, each with its one algorithm', () => {
    const keys = parseJwks({ keys: [rsaJwk, { ...rsaJwk, kid: 'p', alg: 'PS256' }, ecJwk] });
    expect([...keys.values()].map(({ kid, alg, key }) => [kid, alg, key.type])).toEqual([
      ['r', 'RS256', 'public'],
      ['p', 'PS256', 'public'],
      ['e', 'ES256', 'public'],
    ]);
    expect([...keys.keys()]).toEqual(['r', 'p', 'e']);
  });

  it.each([
    ['members of the set and of a key that it does not know', { keys: [{ ...rsaJwk, x5t: 'x', foo: 1 }], foo: 1 }],
    ['key_ops of verify alone', { keys: [{ ...rsaJwk, key_ops: ['verify'] }] }],
    ['a modulus of 8192 bits', { keys: [{ ...rsaJwk, n: modulusOf(1024) }] }],
    ['a kid of 128 characters', { keys: [{ ...rsaJwk, kid: '~'.repeat(128) }] }],
  ])('accepts %s', (_case, jwks) => expect(problemOf(jwks)).toBe('none'));

  it.each([
    ['no object', undefined, 'the document must be an object'],
    ['null', null, 'the document must be an object'],
    ['text', JSON.stringify({ keys: [rsaJwk] }), 'the document must be an object'],
    ['a bare list', [rsaJwk], 'the document must be an object'],
    ['a bare key', rsaJwk, 'keys must be an array'],
    ['a set without keys', { keys: [] }, 'keys must hold at least one key'],
    ['keys by name', { keys: { r: rsaJwk } }, 'keys must be an array'],
    ['an entry that is no object', { keys: [rsaJwk, 'pem'] }, 'keys[1] must be an object'],
    [
      'two keys with one kid',
      { keys: [rsaJwk, { ...ecJwk, kid: 'r' }] },
      'keys[1].kid is used by another key of the set',
    ],
    [
      'no usable key',
      {
        keys: [
          { ...rsaJwk, use: 'enc' },
          { ...rsaJwk, alg: 'x' },
        ],
      },
      'keys[0].use must be "sig"',
    ],
    [
      'a private member of a key that is not used, beside a good key',
      { keys: [rsaJwk, { kty: 'AKP', alg: 'ML-DSA-44', kid: 'm', pub: 'AA', priv: 'AA' }] },
      'keys[1].priv is private or symmetric: publish public keys only',
    ],
  ])('rejects %s', (_case, jwks, expected) => expect(problemOf(jwks)).toBe(expected));

  it.each([
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'o', alg: 'HS256', use: 'sig' }, 'k is private or symmetric'],
    ['an oct key without its value', { kty: 'oct', kid: 'o', alg: 'HS256', use: 'sig' }, 'kty must be RSA, EC or OKP'],
    ['a key of X25519', { ...x25519, kid: 'd', alg: 'EdDSA', use: 'sig' }, 'crv must be Ed25519'],
    [
      'a key of Ed25519 under the name of RFC 9864',
      { ...okp, kid: 'd', alg: 'Ed25519', use: 'sig' },
      'alg must be EdDSA',
    ],
    ['kty in small letters', { ...rsaJwk, kty: 'rsa' }, 'kty must be RSA, EC or OKP'],
    ['no kty', { ...rsaJwk, kty: undefined }, 'kty must be RSA, EC or OKP'],
    ['no alg', { ...rsaJwk, alg: undefined }, 'alg must be RS256 or PS256 for an RSA key'],
    ['HS256 for an RSA key', { ...rsaJwk, alg: 'HS256' }, 'alg must be RS256 or PS256 for an RSA key'],
    ['RS512 for an RSA key', { ...rsaJwk, alg: 'RS512' }, 'alg must be RS256 or PS256 for an RSA key'],
    ['none for an RSA key', { ...rsaJwk, alg: 'none' }, 'alg must be RS256 or PS256 for an RSA key'],
    ['ES256 for an RSA key', { ...rsaJwk, alg: 'ES256' }, 'alg must be RS256 or PS256 for an RSA key'],
    ['RS256 for an EC key', { ...ecJwk, alg: 'RS256' }, 'alg must be ES256 for an EC key'],
    ['no use', { ...rsaJwk, use: undefined }, 'use must be "sig"'],
    ['use for encryption', { ...rsaJwk, use: 'enc' }, 'use must be "sig"'],
    ['key_ops of sign', { ...rsaJwk, key_ops: ['sign'] }, 'key_ops'],
    [
      'key_ops of more than verify',
      { ...rsaJwk, key_ops: ['verify', 'encrypt'] },
      'key_ops must be ["verify"] when present',
    ],
    ['no kid', { ...rsaJwk, kid: undefined }, 'kid must be a string'],
    ['an empty kid', { ...rsaJwk, kid: '' }, 'kid must be 1 to 128 visible ASCII characters'],
    ['a kid of 129 characters', { ...rsaJwk, kid: 'x'.repeat(129) }, 'kid must be 1 to 128 visible ASCII characters'],
    ['a kid with a space', { ...rsaJwk, kid: 'a b' }, 'kid must be 1 to 128 visible ASCII characters'],
    ['a kid beyond ASCII', { ...rsaJwk, kid: 'é' }, 'kid must be 1 to 128 visible ASCII characters'],
    ['a kid that is a list', { ...rsaJwk, kid: ['r'] }, 'kid must be a string'],
    ['exponent 1, which lets anybody sign', { ...rsaJwk, e: 'AQ' }, 'e must be AQAB (65537)'],
    ['exponent 2', { ...rsaJwk, e: 'Ag' }, 'e must be AQAB (65537)'],
    ['exponent 3', { ...rsaJwk, e: 'Aw' }, 'e must be AQAB (65537)'],
    ['65537 with a leading zero', { ...rsaJwk, e: 'AAEAAQ' }, 'e must be AQAB (65537)'],
    ['a modulus of 1024 bits', { ...rsaJwk, n: rsa1024.n }, 'n must be a modulus of 2048 to 8192 bits'],
    ['a modulus of 2040 bits', { ...rsaJwk, n: modulusOf(255) }, 'n must be a modulus of 2048 to 8192 bits'],
    ['a modulus of 8200 bits', { ...rsaJwk, n: modulusOf(1025) }, 'n must be a modulus of 2048 to 8192 bits'],
    ['a modulus padded with zeros to the right size', { ...rsaJwk, n: padded(rsa1024.n) }, 'n must be a modulus'],
    [
      'a modulus in standard base64',
      { ...rsaJwk, n: `+/${rsaJwk.n?.slice(2)}` },
      'n must be base64url without padding',
    ],
    ['a modulus with padding', { ...rsaJwk, n: `${rsaJwk.n}==` }, 'n must be base64url without padding'],
    ['no modulus', { ...rsaJwk, n: undefined }, 'n must be a string'],
    ['another curve', { ...ecJwk, ...p384 }, 'crv must be P-256'],
    ['a curve renamed', { ...ecJwk, ...p384, crv: 'P-256' }, ' is not a valid public key'],
    ['a point that is not on the curve', { ...ecJwk, y: ecJwk.x }, ' is not a valid public key'],
    ['no y', { ...ecJwk, y: undefined }, 'y must be a string'],
  ])('rejects %s', (_case, jwk, expected) => {
    expect(problemOfKey(jwk).replace(/^keys\[0\]\.?/, '')).toContain(expected.trim());
  });

  it.each(Object.keys(privateRsa).filter((member) => !['kty', 'n', 'e'].includes(member)))(
    'rejects the private member %s and does not print it',
    (member) => {
      const value = privateRsa[member];
      const problem = problemOfKey({ ...rsaJwk, [member]: value });
      expect(problem).toBe(`keys[0].${member} is private or symmetric: publish public keys only`);
      expect(problem).not.toContain(value);
    },
  );

  it.each([
    ['for encryption', { ...ecJwk, use: 'enc' }, 'use must be "sig"'],
    ['without use', { ...ecJwk, use: undefined }, 'use must be "sig"'],
    ['without alg', { ...ecJwk, alg: undefined }, 'alg must be ES256 for an EC key'],
    ['of another algorithm', { ...rsaJwk, alg: 'RS512' }, 'alg must be RS256 or PS256 for an RSA key'],
    ['of X25519', { ...x25519, alg: 'EdDSA', use: 'sig' }, 'crv must be Ed25519'],
    ['of ML-DSA', { kty: 'AKP', alg: 'ML-DSA-65', use: 'sig', pub: 'AAAA' }, 'kty must be RSA, EC or OKP'],
    ['of a kind that is not known yet', { kty: 'XYZ', use: 'sig' }, 'kty must be RSA, EC or OKP'],
    ['without kty', { use: 'sig' }, 'kty must be RSA, EC or OKP'],
    ['on another curve', { ...p384, alg: 'ES384', use: 'sig' }, 'crv must be P-256'],
    ['whose point is not on its curve', { ...ecJwk, y: ecJwk.x }, 'is not a valid public key'],
    ['with key_ops that do not include verify', { ...rsaJwk, key_ops: ['wrapKey'] }, 'key_ops'],
    ['of 1024 bits', { ...rsaJwk, n: rsa1024.n }, 'n must be a modulus of 2048 to 8192 bits'],
    ['with exponent 3', { ...rsaJwk, e: 'Aw' }, 'e must be AQAB (65537)'],
  ])('ignores a key %s beside a valid one, and reports why', (_case, jwk, reason) => {
    const ignored: IgnoredKey[] = [];
    const set = { keys: [{ ...jwk, kid: 'other' }, rsaJwk] };
    expect([...parseJwks(set, { onIgnored: (key) => ignored.push(key) }).keys()]).toEqual(['r']);
    expect(ignored).toEqual([{ kid: 'other', reason: expect.stringContaining(reason) }]);
    expect(ignored[0]?.reason.startsWith('keys[0]')).toBe(true);
    expect(() => parseOwnJwks(set)).toThrow(reason);
  });

  it('ignores a key without a kid or with a malformed one, and does not repeat it', () => {
    const ignored: IgnoredKey[] = [];
    const keys = [{ ...ecJwk, kid: undefined }, { ...ecJwk, kid: 'a\nb' }, rsaJwk];
    expect(parseJwks({ keys }, { onIgnored: (key) => ignored.push(key) }).size).toBe(1);
    expect(ignored.map(({ kid }) => kid)).toEqual([undefined, undefined]);
    expect(JSON.stringify(ignored)).not.toContain('a\\nb');
  });

  it('uses the usable one of two keys with one kid, and rejects two usable ones', () => {
    expect([...parseJwks({ keys: [{ ...rsaJwk, use: 'enc' }, rsaJwk] }).keys()]).toEqual(['r']);
    expect(problemOf({ keys: [rsaJwk, rsaJwk] })).toBe('keys[1].kid is used by another key of the set');
  });

  it('rejects a private EC key, a key with other primes and one with a symmetric value beside it', () => {
    const ecdh = createECDH('prime256v1');
    ecdh.generateKeys();
    expect(problemOfKey({ ...ecJwk, d: ecdh.getPrivateKey('base64url') })).toContain('keys[0].d is private');
    expect(problemOfKey({ ...rsaJwk, oth: [] })).toContain('keys[0].oth is private');
    expect(problemOfKey({ ...rsaJwk, k: undefined })).toContain('keys[0].k is private');
  });
});

function modulusOf(bytes: number): string {
  return Buffer.alloc(bytes, 0xab).toString('base64url');
}

function padded(modulus = ''): string {
  return Buffer.concat([Buffer.alloc(128), Buffer.from(modulus, 'base64url')]).toString('base64url');
}
