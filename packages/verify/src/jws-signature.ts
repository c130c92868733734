import { constants, type KeyObject, sign, verify } from 'node:crypto';
import type { StrictHeader, StrictJws } from './compact-jws.ts';
import type { PublicKey, PublicKeyAlgorithm } from './public-keys.ts';

interface Rules {
  /** The key type that the algorithm needs, and for `ec` its curve. */
  readonly keyType: 'rsa' | 'ec';
  readonly curve?: string;
  /** Parameters of node:crypto besides the key and the hash. The hash is always SHA-256. */
  readonly parameters?: object;
}

/**
 * Key type and parameters per algorithm (RFC 7518 §3.1). The salt of PS256 is as long as the hash (§3.5). An ES256
 * signature is r followed by s (§3.4).
 */
const rulesOf: Readonly<Record<PublicKeyAlgorithm, Rules>> = {
  RS256: { keyType: 'rsa' },
  PS256: {
    keyType: 'rsa',
    parameters: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  },
  ES256: { keyType: 'ec', curve: 'prime256v1', parameters: { dsaEncoding: 'ieee-p1363' } },
};

/**
 * Checks the signature of a JWS with the one algorithm of the key, after `readStrictJws` has checked its form. Does not
 * check that the header names this algorithm, and checks no claim.
 */
export function hasGoodSignature({ signingInput, signature }: StrictJws, { key, alg }: PublicKey): boolean {
  // `parseJwks` creates no other key, but a Map that was written by hand may hold one.
  if (key.type !== 'public' || !fits(key, alg)) return false;
  return verify('sha256', signingInput, withParameters(key, alg), signature);
}

/**
 * Signs a payload as a compact JWS whose header has exactly `alg`, `typ` and `kid`. Header and payload have the same
 * bytes as with jsonwebtoken. Does not check the payload.
 *
 * @throws TypeError when the key does not fit the algorithm
 */
export function signJws(payload: object, { alg, typ, kid, key }: SignJwsOptions): string {
  if (key.type !== 'private' || !fits(key, alg)) throw new TypeError(`${alg} needs another key`);
  const input = `${encode({ alg, typ, kid })}.${encode(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), withParameters(key, alg)).toString('base64url')}`;
}

/** The header of a JWS and the private key that signs it. */
export interface SignJwsOptions extends StrictHeader {
  readonly alg: PublicKeyAlgorithm;
  readonly key: KeyObject;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function fits(key: KeyObject, alg: PublicKeyAlgorithm): boolean {
  const { keyType, curve } = rulesOf[alg];
  if (key.asymmetricKeyType !== keyType) return false;
  return curve === undefined || key.asymmetricKeyDetails?.namedCurve === curve;
}

function withParameters(key: KeyObject, alg: PublicKeyAlgorithm) {
  const { parameters } = rulesOf[alg];
  return parameters === undefined ? key : { key, ...parameters };
}
