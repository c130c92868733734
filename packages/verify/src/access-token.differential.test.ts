import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { goodClaims, setUpAccessTokens } from '../test/access-tokens.ts';
import { es256, forge, hs256, ps256, rs256, type Sign } from '../test/forge.ts';
import { startOfTests } from '../test/test-clock.ts';
import { readStrictJws } from './compact-jws.ts';
import { hasGoodSignature, signJws } from './jws-signature.ts';
import { type PublicKey, parseJwks } from './public-keys.ts';
import { faultOf } from './token-fault.ts';

// node:crypto checks signatures here, and our own words the claims. jsonwebtoken is the second opinion.
const { issuer } = setUpAccessTokens();
const [rsa] = [...issuer.keys.values()] as [PublicKey];
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** The algorithms of this project that jsonwebtoken knows. */
type PublicKeyAlgorithm = 'RS256' | 'PS256' | 'ES256';
const signers: Readonly<Record<PublicKeyAlgorithm, Sign>> = {
  RS256: rs256(issuer.privateKey),
  PS256: ps256(issuer.privateKey),
  ES256: es256(ec.privateKey),
};
const algorithms = Object.keys(signers) as PublicKeyAlgorithm[];

function publicKeyOf(alg: PublicKeyAlgorithm): PublicKey {
  const key = alg === 'ES256' ? ec.publicKey : rsa.key;
  const [entry] = parseJwks({ keys: [{ ...key.export({ format: 'jwk' }), kid: 'k', alg, use: 'sig' }] }).values();
  if (entry === undefined) throw new Error('no key');
  return entry;
}

function tokenOf(alg: PublicKeyAlgorithm, sign: Sign = signers[alg]): string {
  return forge({ header: { alg, typ: 'at+jwt', kid: 'k' }, payload: goodClaims, sign });
}

function acceptedByUs(token: string, key: PublicKey): boolean {
  return hasGoodSignature(readStrictJws(token, { maxLength: 8192, typ: ['at+jwt'], code: 'invalid_token' }), key);
}

function acceptedByLibrary(token: string, { key, alg }: PublicKey): boolean {
  try {
    jwt.verify(token, key, { algorithms: [alg as PublicKeyAlgorithm], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch {
    return false;
  }
}

/** The results of both, which must be equal. */
function verdict(token: string, key: PublicKey): boolean {
  const ours = acceptedByUs(token, key);
  expect(ours).toBe(acceptedByLibrary(token, key));
  return ours;
}

describe('a signature', () => {
  it.each(algorithms)('of %s is accepted by jsonwebtoken and by us', (alg) => {
    expect(verdict(tokenOf(alg), publicKeyOf(alg))).toBe(true);
  });

  it.each(algorithms)('of %s that we sign is accepted by jsonwebtoken, and not signed with another key', (alg) => {
    const keys = [issuer.privateKey, ec.privateKey];
    const [key, other] = alg === 'ES256' ? keys.reverse() : keys;
    const sign = (by = key) => signJws(goodClaims, { alg, typ: 'at+jwt', kid: 'k', key: by as KeyObject });
    expect(verdict(sign(), publicKeyOf(alg))).toBe(true);
    expect(jwt.decode(sign(), { complete: true })).toMatchObject({
      header: { alg, typ: 'at+jwt', kid: 'k' },
      payload: goodClaims,
    });
    for (const bad of [other, rsa.key]) expect(() => sign(bad)).toThrow(TypeError);
  });

  const foreign: [string, Sign][] = [
    ['another RSA key', rs256(otherRsa.privateKey)],
    ['another RSA key with PSS', ps256(otherRsa.privateKey)],
    ['another EC key', es256(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    ['an HMAC of the public key', hs256(rsa.key.export({ type: 'spki', format: 'pem' }).toString())],
    ...algorithms.map((alg): [string, Sign] => [`a good key, by ${alg}`, signers[alg]]),
  ];
  it.each(algorithms.flatMap((alg) => foreign.map(([name, sign]) => [alg, name, sign] as const)))(
    'under %s signed with %s has the same result',
    (alg, _name, sign) => {
      expect(verdict(tokenOf(alg, sign), publicKeyOf(alg))).toBe(sign === signers[alg]);
    },
  );

  it.each(algorithms)('of %s that was altered is rejected by both', (alg) => {
    const key = publicKeyOf(alg);
    const good = signers[alg](tokenOf(alg).split('.').slice(0, 2).join('.'));
    const altered = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
      fc.nat({ max: good.length - 1 }).map((at) => good.map((byte, index) => (index === at ? byte ^ 1 : byte))),
      fc.nat({ max: good.length - 1 }).map((length) => good.subarray(0, Math.max(1, length))),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Buffer.concat([good, more])),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Buffer.concat([more, good])),
    );
    fc.assert(
      fc.property(
        altered,
        (signature) =>
          !verdict(
            tokenOf(alg, () => signature),
            key,
          ),
      ),
    );
  });

  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const misfits: [string, PublicKeyAlgorithm, KeyObject][] = [
    ['an EC key under RS256', 'RS256', ec.publicKey],
    ['an EC key under PS256', 'PS256', ec.publicKey],
    ['an RSA key under ES256', 'ES256', rsa.key],
    ['an EC key of another curve', 'ES256', p384.publicKey],
    ['a private key', 'RS256', issuer.privateKey],
    ['a secret key', 'RS256', createSecretKey(Buffer.alloc(32))],
  ];
  it.each(misfits)('is rejected by both for %s, which a key set may not contain', (_name, alg, key) => {
    const sign = key === p384.publicKey ? es256(p384.privateKey) : signers[alg];
    expect(verdict(tokenOf(alg, sign), { kid: 'k', alg, key })).toBe(false);
  });
});

describe('issuer, audience and times', () => {
  const expected = {
    issuer: goodClaims.iss,
    audience: 'order',
    audienceClaim: 'aud',
    time: startOfTests,
    clockToleranceSeconds: 5,
  };
  const times = fc.oneof(
    fc.integer({ min: -7, max: 7 }).map((by) => startOfTests + by),
    fc.constantFrom<unknown>(Number.POSITIVE_INFINITY, -1, 0, null, '1', `${startOfTests + 600}`, true, []),
  );
  const names = fc.constantFrom<unknown>(
    goodClaims.iss,
    'order',
    'other',
    '',
    null,
    5,
    ['order'],
    ['a', 'order'],
    [],
    {},
  );
  const payloads = fc.oneof(
    fc.record({ iss: names, aud: names, exp: times, nbf: times }, { requiredKeys: [] }),
    fc.record(
      { iss: fc.constant(goodClaims.iss), aud: fc.constant('order'), exp: times, nbf: times },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  );

  it('have the faults that jsonwebtoken finds, in the same order', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const text = JSON.stringify(payload);
        // A number that JSON cannot write is read as infinity.
        const token = issuer.sign(text.replace(/"exp":null/, '"exp":1e400'));
        const read: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
        expect(faultOf(read, expected)).toBe(faultOfLibrary(token));
      }),
      { numRuns: 300 },
    );
  });

  function faultOfLibrary(token: string): string | undefined {
    const { time, clockToleranceSeconds, issuer: iss, audience } = expected;
    const names = { issuer: iss, audience };
    try {
      const times = { clockTimestamp: time, clockTolerance: clockToleranceSeconds };
      jwt.verify(token, rsa.key, { algorithms: ['RS256'], ...names, ...times });
      return undefined;
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) return 'expired';
      if (error instanceof jwt.NotBeforeError) return 'not_yet_valid';
      return /jwt (issuer|audience)/.exec(String(error))?.[1] ?? 'claims';
    }
  }
});
