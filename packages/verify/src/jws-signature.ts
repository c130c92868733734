import { type KeyObject, sign, verify } from 'node:crypto';
import type { StrictHeader, StrictJws } from './compact-jws.ts';
import { algorithmOf, fits, type PublicKeyAlgorithm } from './jws-algorithms.ts';
import type { PublicKey } from './public-keys.ts';

/**
 * Checks the signature of a JWS with the one algorithm of the key, after `readStrictJws` has checked its form. Does not
 * check that the header names this algorithm, and checks no claim.
 */
export function hasGoodSignature({ signingInput, signature }: StrictJws, { key, alg }: PublicKey): boolean {
  // `parseJwks` creates no other key, but a Map that was written by hand may hold one.
  if (key.type !== 'public' || !fits(key, alg)) return false;
  return verify(algorithmOf(alg).hash, signingInput, withParameters(key, alg), signature);
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
  return `${input}.${sign(algorithmOf(alg).hash, Buffer.from(input), withParameters(key, alg)).toString('base64url')}`;
}

/** The header of a JWS and the private key that signs it. */
export interface SignJwsOptions extends StrictHeader {
  readonly alg: PublicKeyAlgorithm;
  readonly typ: string;
  readonly key: KeyObject;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function withParameters(key: KeyObject, alg: PublicKeyAlgorithm) {
  const { parameters } = algorithmOf(alg);
  return parameters === undefined ? key : { key, ...parameters };
}
