import { constants, verify } from 'node:crypto';
import type { StrictJws } from './compact-jws.ts';
import type { PublicKey, PublicKeyAlgorithm } from './public-keys.ts';

interface Rules {
  /** The type of a key that the algorithm may be used with, and its curve. */
  readonly keyType: 'rsa' | 'ec';
  readonly curve?: string;
  /** What node:crypto has to know besides the key and the hash, which is SHA-256 for all of them. */
  readonly parameters?: object;
}

/** The algorithms of RFC 7518 §3.1. PS256 has a salt as long as the hash (§3.5), ES256 r and s side by side (§3.4). */
const rulesOf: Readonly<Record<PublicKeyAlgorithm, Rules>> = {
  RS256: { keyType: 'rsa' },
  PS256: {
    keyType: 'rsa',
    parameters: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  },
  ES256: { keyType: 'ec', curve: 'prime256v1', parameters: { dsaEncoding: 'ieee-p1363' } },
};

/**
 * Checks the signature of a JWS that has passed `readStrictJws`, with the one algorithm of the key. Does not check that the
 * header names this algorithm, nor any claim.
 */
export function hasGoodSignature({ signingInput, signature }: StrictJws, { key, alg }: PublicKey): boolean {
  const { keyType, curve, parameters } = rulesOf[alg];
  // `parseJwks` makes no other key; a Map that was written by hand may hold one.
  if (key.type !== 'public' || key.asymmetricKeyType !== keyType) return false;
  if (curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== curve) return false;
  return verify('sha256', signingInput, parameters === undefined ? key : { key, ...parameters }, signature);
}
