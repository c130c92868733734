import type { KeyObject } from 'node:crypto';
import { constants, sign, verify } from 'node:crypto';
import type { StrictHeader, StrictJws } from './compact-jws.ts';
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
  // `parseJwks` makes no other key; a Map that was written by hand may hold one.
  if (key.type !== 'public' || !fits(key, alg)) return false;
  return verify('sha256', signingInput, withParameters(key, alg), signature);
}

/**
 * Signs a payload as a compact JWS whose header has exactly `alg`, `typ` and `kid`. The bytes of header and payload are those that
 * jsonwebtoken would sign. Does not check the payload.
 *
 * @throws TypeError when the key is none of the algorithm
 */
export function signJws(payload: object, { alg, typ, kid, key }: SignJwsOptions): string {
  if (key.type !== 'private' || !fits(key, alg)) throw new TypeError(`${alg} needs another key`);
  const input = `${encode({ alg, typ, kid })}.${encode(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), withParameters(key, alg)).toString('base64url')}`;
}

/** The header of a JWS, and the private key that it is signed with. */
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
