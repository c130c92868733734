import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { goodClaims, headerOf, setUpAccessTokens } from '../test/access-tokens.ts';
import { es256, forge, ps256, rs256, type Sign } from '../test/forge.ts';
import { outcomeOf } from '../test/outcome.ts';
import { AuthError } from './auth-error.ts';
import { type PublicKeys, parseJwks } from './public-keys.ts';

const { forged, issuer, outcome, verifierWith } = setUpAccessTokens();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function jwksOf(alg: string, key: KeyObject) {
  return parseJwks({ keys: [{ ...key.export({ format: 'jwk' }), kid: 'k', alg, use: 'sig' }] });
}

function tokenOf(alg: string, sign: Sign): string {
  return forge({ header: { alg, typ: 'at+jwt', kid: 'k' }, payload: goodClaims, sign });
}

describe('the keys of the access token verifier', () => {
  it('may be of RS256, PS256 and ES256', () => {
    const rsa = publicKeyOfIssuer();
    const cases = [
      { keys: jwksOf('RS256', rsa), token: tokenOf('RS256', rs256(issuer.privateKey)) },
      { keys: jwksOf('PS256', rsa), token: tokenOf('PS256', ps256(issuer.privateKey)) },
      { keys: jwksOf('ES256', ec.publicKey), token: tokenOf('ES256', es256(ec.privateKey)) },
    ];
    expect(cases.map(({ keys, token }) => outcomeOf(() => verifierWith({ keys }).verify(token)))).toEqual(
      cases.map(() => 'accepted'),
    );
  });

  it.each([
    ['RS256', 'PS256', ps256],
    ['PS256', 'RS256', rs256],
  ] as const)('of %s refuse a token of %s, good as it is', (keyAlg, tokenAlg, sign) => {
    const verifier = verifierWith({ keys: jwksOf(keyAlg, publicKeyOfIssuer()) });
    expect(outcomeOf(() => verifier.verify(tokenOf(tokenAlg, sign(issuer.privateKey))))).toBe('invalid_token: header');
    expect(outcomeOf(() => verifier.verify(tokenOf(keyAlg, sign(issuer.privateKey))))).toBe('invalid_token: signature');
  });

  it('of ES256 refuse a signature in DER, a zero one and one of another length', () => {
    const verifier = verifierWith({ keys: jwksOf('ES256', ec.publicKey) });
    const signatures = [
      Buffer.alloc(64),
      Buffer.alloc(63),
      Buffer.alloc(65),
      Buffer.alloc(256),
      Buffer.from([0x30, 0]),
    ];
    for (const signature of signatures) {
      expect(outcomeOf(() => verifier.verify(tokenOf('ES256', () => signature)))).toBe('invalid_token: signature');
    }
  });

  it('stop working as soon as they are removed, and work as soon as they are added', () => {
    let keys: PublicKeys = issuer.keys;
    const verifier = verifierWith({ keys: () => keys });
    const token = issuer.token();
    expect(outcomeOf(() => verifier.verify(token))).toBe('accepted');
    keys = jwksOf('ES256', ec.publicKey);
    expect(outcomeOf(() => verifier.verify(token))).toBe('invalid_token: kid_unknown');
    expect(outcomeOf(() => verifier.verify(tokenOf('ES256', es256(ec.privateKey))))).toBe('accepted');
    keys = issuer.keys;
    expect(outcomeOf(() => verifier.verify(token))).toBe('accepted');
  });

  it('are chosen by kid alone: the same key under another kid is not found', () => {
    const token = forged(goodClaims, { kid: `${headerOf(issuer).kid}x` });
    expect(outcome(token)).toBe('invalid_token: kid_unknown');
  });

  it('throw the error of their source', () => {
    let keys: unknown = issuer.keys;
    const verifier = verifierWith({ keys: () => keys as PublicKeys });
    keys = undefined;
    expect(() => verifier.verify(issuer.token())).toThrow('keys must be a Map');
  });

  it('may be loaded later than the verifier, which is unavailable until then', () => {
    let keys: PublicKeys | undefined;
    const verifier = verifierWith({ keys: () => keys ?? unavailable() });
    const token = issuer.token();
    expect(outcomeOf(() => verifier.verify(token))).toBe('unavailable: keys_unavailable');
    keys = issuer.keys;
    expect(outcomeOf(() => verifier.verify(token))).toBe('accepted');
  });

  it.each([new AuthError('invalid_token', 'kid_unknown'), new Error('the keys are broken')])(
    'make the constructor throw when reading them throws %p',
    (error) => {
      const keys = () => {
        throw error;
      };
      expect(() => verifierWith({ keys })).toThrow(error);
    },
  );
});

describe('onUnknownKid of the access token verifier', () => {
  it('is called with an unknown kid, and the token is rejected', () => {
    const told: string[] = [];
    const verifier = verifierWith({ onUnknownKid: (kid) => told.push(kid) });
    const token = forged(goodClaims, { kid: 'next' });
    expect(outcomeOf(() => verifier.verify(token))).toBe('invalid_token: kid_unknown');
    expect(told).toEqual(['next']);
  });

  it('is not called for any other token', () => {
    const onUnknownKid = (kid: string) => {
      throw new Error(`told of ${kid}`);
    };
    const verifier = verifierWith({ onUnknownKid });
    expect(outcomeOf(() => verifier.verify(issuer.token()))).toBe('accepted');
    expect(outcomeOf(() => verifier.verify(forged(goodClaims, { alg: 'PS256' })))).toBe('invalid_token: header');
    expect(outcomeOf(() => verifier.verify(forged({ ...goodClaims, exp: 1 })))).toBe('token_expired: expired');
    expect(outcomeOf(() => verifier.verify('nonsense'))).toBe('invalid_token: malformed');
  });
});

function unavailable(): never {
  throw new AuthError('unavailable', 'keys_unavailable');
}

describe('the revocations of the access token verifier', () => {
  it('are called with the session and the time of issue', () => {
    const asked: unknown[] = [];
    const revocations = {
      isRevoked(sid: string, iat: number) {
        asked.push([sid, iat]);
        return false;
      },
    };
    expect(outcomeOf(() => verifierWith({ revocations }).verify(forged(goodClaims)))).toBe('accepted');
    expect(asked).toEqual([[goodClaims.sid, goodClaims.iat]]);
  });

  it('revoke a token at once', () => {
    const revoked = new Set<string>();
    const verifier = verifierWith({ revocations: { isRevoked: (sid) => revoked.has(sid) } });
    expect(outcomeOf(() => verifier.verify(forged(goodClaims)))).toBe('accepted');
    revoked.add(goodClaims.sid);
    expect(outcomeOf(() => verifier.verify(forged(goodClaims)))).toBe('token_revoked: revoked');
  });

  it('are not called for an invalid token', () => {
    const revocations = {
      isRevoked(): boolean {
        throw new Error('asked');
      },
    };
    const verifier = verifierWith({ revocations });
    expect(outcomeOf(() => verifier.verify(forged({ ...goodClaims, exp: 1 })))).toBe('token_expired: expired');
    expect(outcomeOf(() => verifier.verify(forged({ ...goodClaims, aud: ['x'] })))).toBe('invalid_token: audience');
  });

  it('that throw refuse every token, with their error', () => {
    const revocations = {
      isRevoked(): boolean {
        throw new Error('the revocation list is gone');
      },
    };
    expect(() => verifierWith({ revocations }).verify(forged(goodClaims))).toThrow('the revocation list is gone');
  });
});

function publicKeyOfIssuer(): KeyObject {
  const [entry] = issuer.keys.values();
  if (entry === undefined) throw new Error('the issuer has no key');
  return entry.key;
}
