import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { isCanonicalBase64url } from './base64url.ts';
import { KeyMaterialError, parseMember } from './key-material.ts';

/** The algorithms an access token may be signed with; each key has exactly one (RFC 8725 §3.1). */
export const publicKeyAlgorithms = ['RS256', 'PS256', 'ES256'] as const;
export type PublicKeyAlgorithm = (typeof publicKeyAlgorithms)[number];

export interface PublicKey {
  readonly kid: string;
  readonly alg: PublicKeyAlgorithm;
  readonly key: KeyObject;
}

/** The issuer's verification keys by key id. */
export type PublicKeys = ReadonlyMap<string, PublicKey>;

/** A key of a JWK Set that is not used here. */
export interface IgnoredKey {
  /** Absent when the key has no kid that is fit for a log. */
  readonly kid: string | undefined;
  /** Names the member and the rule, never a value: `keys[1].use must be "sig"`. */
  readonly reason: string;
}

export interface ParseJwksOptions {
  /** Called for each key that is ignored. */
  readonly onIgnored?: (key: IgnoredKey) => void;
}

/** Private members of RSA and EC keys (RFC 7518 §6), of symmetric keys, and of the AKP keys of ML-DSA. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const kidPattern = /^[\x21-\x7e]{1,128}$/;
const base64url = z.string().refine(isCanonicalBase64url, 'must be base64url without padding');
const common = {
  kid: z.string().regex(kidPattern, 'must be 1 to 128 visible ASCII characters'),
  use: z.literal('sig', 'must be "sig"'),
  key_ops: z.tuple([z.literal('verify')], 'must be ["verify"] when present').optional(),
};
const Jwk = z.discriminatedUnion(
  'kty',
  [
    z.object({
      kty: z.literal('RSA'),
      alg: z.enum(['RS256', 'PS256'], 'must be RS256 or PS256 for an RSA key'),
      n: base64url,
      e: z.literal('AQAB', 'must be AQAB (65537)'),
      ...common,
    }),
    z.object({
      kty: z.literal('EC'),
      alg: z.literal('ES256', 'must be ES256 for an EC key'),
      crv: z.literal('P-256', 'must be P-256'),
      x: base64url,
      y: base64url,
      ...common,
    }),
  ],
  'must be RSA or EC',
);
const Jwks = z.object({ keys: z.array(z.looseObject({}), 'must be an array').min(1, 'must hold at least one key') });

/**
 * Reads a JWK Set (RFC 7517 §5) as public signature keys, under a stricter policy than that of Node's import: RSA (2048
 * to 8192 bits, exponent 65537) and P-256 only, `use: "sig"`, an `alg` that fits, a `kid`. Every other key is ignored,
 * as RFC 7517 §5 asks for: an issuer may also publish encryption keys or newer kinds of keys.
 *
 * @throws KeyMaterialError naming the member: the set is malformed, holds a private or symmetric key, holds two usable
 *   keys with one `kid`, or no usable key
 */
export function parseJwks(input: unknown, { onIgnored = () => {} }: ParseJwksOptions = {}): PublicKeys {
  let first: KeyMaterialError | undefined;
  const keys = readKeys(input, (error, kid) => {
    first ??= error;
    onIgnored({ kid, reason: error.message });
  });
  if (keys.size === 0 && first !== undefined) throw first;
  return keys;
}

/**
 * Reads a JWK Set that was written for this service, such as the one in a key document. As `parseJwks`, but an unusable
 * key is an error.
 *
 * @throws KeyMaterialError naming the member
 */
export function parseOwnJwks(input: unknown): PublicKeys {
  return readKeys(input, (error) => {
    throw error;
  });
}

/**
 * Reuses the key objects of the previous set for keys with the same kid, algorithm and material. A verifier ties each
 * cached token to its key object. A new object for the same key would cause a new full verification.
 */
export function keepUnchangedKeys(before: PublicKeys, after: PublicKeys): PublicKeys {
  const kept = [...after.values()].map((key) => {
    const known = before.get(key.kid);
    return known !== undefined && known.alg === key.alg && known.key.equals(key.key) ? known : key;
  });
  return new Map(kept.map((key) => [key.kid, key]));
}

function readKeys(input: unknown, onUnusable: (error: KeyMaterialError, kid: string | undefined) => void): PublicKeys {
  const keys = new Map<string, PublicKey>();
  parseMember(Jwks, input, '').keys.forEach((entry, index) => {
    const at = `keys[${index}]`;
    const secret = privateMembers.find((member) => Object.hasOwn(entry, member));
    if (secret !== undefined)
      throw new KeyMaterialError(`${at}.${secret}`, 'is private or symmetric: publish public keys only');
    const key = readKey(entry, at);
    if (key instanceof KeyMaterialError) {
      onUnusable(key, readableKid(entry));
      return;
    }
    if (keys.has(key.kid)) throw new KeyMaterialError(`${at}.kid`, 'is used by another key of the set');
    keys.set(key.kid, key);
  });
  return keys;
}

function readKey(entry: unknown, at: string): PublicKey | KeyMaterialError {
  try {
    return parsePublicKey(entry, at);
  } catch (error) {
    if (error instanceof KeyMaterialError) return error;
    throw error;
  }
}

function readableKid({ kid }: { readonly kid?: unknown }): string | undefined {
  return typeof kid === 'string' && kidPattern.test(kid) ? kid : undefined;
}

function parsePublicKey(entry: unknown, at: string): PublicKey {
  const { kid, alg, ...jwk } = parseMember(Jwk, entry, at);
  const key = importKey(jwk, at);
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (jwk.kty === 'RSA' && (modulusLength < 2048 || modulusLength > 8192)) {
    throw new KeyMaterialError(`${at}.n`, 'must be a modulus of 2048 to 8192 bits');
  }
  return { kid, alg, key };
}

function importKey(jwk: Omit<z.output<typeof Jwk>, 'kid' | 'alg'>, at: string): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    throw new KeyMaterialError(at, 'is not a valid public key');
  }
}
