import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { goodClaims, otherKey, privateKey } from '../test/access-tokens.ts';
import { readStrictJws } from './compact-jws.ts';
import { algorithmOf, fits, isPublicKeyAlgorithm, type PublicKeyAlgorithm } from './jws-algorithms.ts';
import { hasGoodSignature, signJws } from './jws-signature.ts';

type LibraryAlgorithm = Exclude<PublicKeyAlgorithm, 'EdDSA' | 'Ed25519'>;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const keys = {
  rsa: privateKey,
  'P-256': ec('P-256'),
  'P-384': ec('P-384'),
  ed25519: generateKeyPairSync('ed25519').privateKey,
};
const foreign = {
  rsa: otherKey,
  'P-256': ec('P-256'),
  'P-384': ec('P-384'),
  ed25519: generateKeyPairSync('ed25519').privateKey,
};
type Kind = keyof typeof keys;
const kinds: Readonly<Record<PublicKeyAlgorithm, Kind>> = {
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  ES256: 'P-256',
  ES384: 'P-384',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
};
const all = Object.keys(kinds) as PublicKeyAlgorithm[];
const isOfLibrary = (alg: PublicKeyAlgorithm): alg is LibraryAlgorithm => kinds[alg] !== 'ed25519';
const ofLibrary = all.filter(isOfLibrary);
const signed = (alg: PublicKeyAlgorithm, key: KeyObject = keys[kinds[alg]]) =>
  signJws(goodClaims, { alg, typ: 'at+jwt', kid: 'k', key });

function acceptedByUs(token: string, alg: PublicKeyAlgorithm, key: KeyObject): boolean {
  const jws = readStrictJws(token, { maxLength: 8192, typ: ['at+jwt'], code: 'invalid_token' });
  return hasGoodSignature(jws, { kid: 'k', alg, key });
}

function acceptedByLibrary(token: string, alg: LibraryAlgorithm, key: KeyObject): boolean {
  try {
    jwt.verify(token, key, { algorithms: [alg], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch {
    return false;
  }
}

/** The result of both, which must be equal. */
function verdict(token: string, alg: LibraryAlgorithm, key: KeyObject): boolean {
  const ours = acceptedByUs(token, alg, key);
  expect(ours).toBe(acceptedByLibrary(token, alg, key));
  return ours;
}

const publicOf = (kind: Kind) => createPublicKey(keys[kind]);
const withHeader = (alg: string, token: string) =>
  [
    Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: 'k' })).toString('base64url'),
    ...token.split('.').slice(1),
  ].join('.');

describe('each algorithm beside jsonwebtoken', () => {
  it.each(ofLibrary)('%s: each accepts what the other signs', (alg) => {
    const theirs = jwt.sign(goodClaims, keys[kinds[alg]], {
      algorithm: alg,
      keyid: 'k',
      header: { alg, typ: 'at+jwt' },
    });
    for (const token of [theirs, signed(alg)]) expect(verdict(token, alg, publicOf(kinds[alg]))).toBe(true);
  });

  it.each(ofLibrary)('%s: both reject the key of another, and every other algorithm with the same key', (alg) => {
    const token = signed(alg);
    expect(verdict(token, alg, createPublicKey(foreign[kinds[alg]]))).toBe(false);
    for (const other of ofLibrary.filter((name) => name !== alg && kinds[name] === kinds[alg])) {
      // The header names the algorithm that is checked, so that only the signature is wrong.
      expect(verdict(withHeader(other, token), other, publicOf(kinds[alg]))).toBe(false);
    }
  });

  it.each(ofLibrary)('%s: both reject each key that does not fit', (alg) => {
    const misfits = [...Object.keys(keys).filter((kind) => kind !== kinds[alg])] as Kind[];
    for (const kind of misfits) expect(verdict(signed(alg), alg, publicOf(kind))).toBe(false);
    expect(verdict(signed(alg), alg, keys[kinds[alg]])).toBe(false);
    expect(verdict(signed(alg), alg, createSecretKey(Buffer.alloc(64)))).toBe(false);
  });

  it.each(ofLibrary)('%s: both reject a signature that was altered', (alg) => {
    const [head = '', payload = '', signature = ''] = signed(alg).split('.');
    const good = Buffer.from(signature, 'base64url');
    const altered = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.nat({ max: 8 * good.length - 1 }).map((bit) => {
        const copy = Buffer.from(good);
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return copy;
      }),
      fc.integer({ min: 1, max: good.length - 1 }).map((length) => good.subarray(0, length)),
      fc.constant(Buffer.concat([good, Buffer.alloc(1)])),
      fc.constant(Buffer.alloc(good.length)),
    );
    fc.assert(
      fc.property(
        altered,
        (bytes) => !verdict(`${head}.${payload}.${bytes.toString('base64url')}`, alg, publicOf(kinds[alg])),
      ),
      { numRuns: 30 },
    );
  });

  it('both reject an ECDSA signature in DER form, and a salt of another length', () => {
    const other = jwt.sign(goodClaims, keys['P-256'], { algorithm: 'ES256' });
    const raw = Buffer.from(other.split('.')[2] ?? '', 'base64url');
    const [r, s] = [raw.subarray(0, 32), raw.subarray(32)].map((part) =>
      Buffer.concat([Buffer.from([2, 33, 0]), part]),
    );
    const der = Buffer.concat([Buffer.from([0x30, 70]), r ?? raw, s ?? raw]);
    const [head, payload] = signed('ES256').split('.');
    expect(verdict(`${head}.${payload}.${der.toString('base64url')}`, 'ES256', publicOf('P-256'))).toBe(false);
  });
});

describe('EdDSA', () => {
  // RFC 8037, appendix A.1, A.2 and A.4.
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
  const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
  const example = {
    input: 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
    signature: 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  };
  // RFC 8032, section 7.1: public key, message, signature.
  const vectors = [
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const;
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k' };
  const check = (x: string, signingInput: Buffer, signature: Buffer, alg: PublicKeyAlgorithm = 'EdDSA') => {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return hasGoodSignature({ header, payload: Buffer.alloc(0), signingInput, signature }, { kid: 'k', alg, key });
  };

  it.each(['EdDSA', 'Ed25519'] as const)(
    'accepts the example of RFC 8037 under the name %s, and no change of it',
    (alg) => {
      const [input, signature] = [Buffer.from(example.input), Buffer.from(example.signature, 'base64url')];
      expect(check(x, input, signature, alg)).toBe(true);
      expect(check(x, Buffer.from(`${example.input}A`), signature, alg)).toBe(false);
      for (let at = 0; at < signature.length; at += 1) {
        const copy = Buffer.from(signature);
        copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
        expect(check(x, input, copy, alg)).toBe(false);
      }
      for (const length of [0, 1, 63]) expect(check(x, input, signature.subarray(0, length), alg)).toBe(false);
      expect(check(x, input, Buffer.concat([signature, Buffer.alloc(1)]), alg)).toBe(false);
    },
  );

  it('signs as the example of RFC 8037', () => {
    const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d }, format: 'jwk' });
    const token = signed('EdDSA', key);
    expect(acceptedByUs(token, 'EdDSA', createPublicKey(key))).toBe(true);
    // Ed25519 has no randomness: the same key and input give the same signature.
    expect(signed('EdDSA', key)).toBe(token);
    expect(signed('Ed25519', key).split('.')[1]).toBe(token.split('.')[1]);
  });

  it.each(vectors)('accepts the vector of RFC 8032 with the key %s, and no other', (key, message, signature) => {
    const hex = (text: string) => Buffer.from(text, 'hex');
    const name = hex(key).toString('base64url');
    expect(check(name, hex(message), hex(signature))).toBe(true);
    expect(check(name, hex(`${message}00`), hex(signature))).toBe(false);
    for (const [other] of vectors)
      if (other !== key) expect(check(hex(other).toString('base64url'), hex(message), hex(signature))).toBe(false);
  });

  it.each(['EdDSA', 'Ed25519'] as const)('is rejected under %s with a key of another kind', (alg) => {
    const token = signed(alg);
    expect(acceptedByUs(token, alg, publicOf('ed25519'))).toBe(true);
    const others = [
      publicOf('rsa'),
      publicOf('P-256'),
      publicOf('P-384'),
      keys.ed25519,
      createSecretKey(Buffer.alloc(32)),
    ];
    const curves = [generateKeyPairSync('ed448').publicKey, generateKeyPairSync('x25519').publicKey];
    for (const key of [...others, ...curves, createPublicKey(foreign.ed25519)]) {
      expect(acceptedByUs(token, alg, key)).toBe(false);
    }
  });
});

describe('the algorithms', () => {
  it.each(all)('%s signs only with a private key that fits', (alg) => {
    const kind = kinds[alg];
    expect(signed(alg).split('.')[0]).toBe(
      Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: 'k' })).toString('base64url'),
    );
    const others = Object.entries(keys).filter(([name]) => name !== kind);
    for (const [, key] of others) expect(() => signed(alg, key)).toThrow(new TypeError(`${alg} needs another key`));
    expect(() => signed(alg, publicOf(kind))).toThrow(new TypeError(`${alg} needs another key`));
  });

  it('fit the keys of their type and curve alone', () => {
    const fitting = all.map((alg) => (Object.keys(keys) as Kind[]).filter((kind) => fits(keys[kind], alg)));
    expect(fitting).toEqual(all.map((alg) => [kinds[alg]]));
    const { publicKey: pss } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const others = [
      pss,
      ec('secp256k1'),
      ec('P-521'),
      generateKeyPairSync('ed448').publicKey,
      createSecretKey(Buffer.alloc(32)),
    ];
    for (const key of others) for (const alg of all) expect(fits(key, alg)).toBe(false);
  });

  it.each([
    'RS1',
    'HS256',
    'none',
    'ES512',
    'ES256K',
    'Ed448',
    'rs256',
    'RS256 ',
    '',
    'toString',
    '__proto__',
    undefined,
    null,
    ['RS256'],
  ])('do not include %p', (name) => expect(isPublicKeyAlgorithm(name)).toBe(false));

  it('have the kty and the crv of their keys', () => {
    expect(all.every(isPublicKeyAlgorithm)).toBe(true);
    for (const alg of all) {
      const { kty, crv } = publicOf(kinds[alg]).export({ format: 'jwk' });
      expect([algorithmOf(alg).kty, algorithmOf(alg).crv]).toEqual([kty, crv]);
    }
  });
});
