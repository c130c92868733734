import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { type AccessTokenProfile, ownProfile } from './access-token-profile.ts';
import { isCanonicalBase64url } from './base64url.ts';
import { algorithmOf, type PublicKeyAlgorithm } from './jws-algorithms.ts';
import { KeyMaterialError, parseMember } from './key-material.ts';

/** A key that signatures are verified with. It has exactly one algorithm (RFC 8725 §3.1). */
export interface PublicKey {
  readonly kid: string;
  readonly alg: PublicKeyAlgorithm;
  readonly key: KeyObject;
}

/** The part of a profile that says what a key must have. */
export type KeyRules = Pick<AccessTokenProfile, 'algorithms' | 'jwk'>;

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
  /** The profile of the issuer's tokens, which says what its keys must have; that of this project unless given. */
  readonly profile?: KeyRules;
  /** Called for each key that is ignored. */
  readonly onIgnored?: (key: IgnoredKey) => void;
}

/** Private members of RSA and EC keys (RFC 7518 §6), of symmetric keys, and of the AKP keys of ML-DSA. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const kidPattern = /^[\x21-\x7e]{1,128}$/;
const base64url = z.string().refine(isCanonicalBase64url, 'must be base64url without padding');
const common = {
  kid: z.string().regex(kidPattern, 'must be 1 to 128 visible ASCII characters'),
  alg: z.string().optional(),
  use: z.literal('sig', 'must be "sig"').optional(),
  key_ops: z.tuple([z.literal('verify')], 'must be ["verify"] when present').optional(),
};
const Jwk = z.discriminatedUnion(
  'kty',
  [
    z.object({ kty: z.literal('RSA'), n: base64url, e: z.literal('AQAB', 'must be AQAB (65537)'), ...common }),
    z.object({ kty: z.literal('EC'), crv: z.string(), x: base64url, y: base64url, ...common }),
    z.object({ kty: z.literal('OKP'), crv: z.string(), x: base64url, ...common }),
  ],
  'must be RSA, EC or OKP',
);
const Jwks = z.object({ keys: z.array(z.looseObject({}), 'must be an array').min(1, 'must hold at least one key') });

/**
 * Reads a JWK Set (RFC 7517 §5) as public signature keys, under a stricter policy than that of Node's import: RSA of 2048
 * to 8192 bits with exponent 65537, or a curve of one of the algorithms of the profile; `use: "sig"`; an `alg` that fits;
 * a `kid`. Every other key is ignored, as RFC 7517 §5 asks for: an issuer may also publish encryption keys or newer
 * kinds of keys. A profile can allow keys without `use` and `alg`.
 *
 * @throws KeyMaterialError naming the member: the set is malformed, holds a private or symmetric key, holds two usable
 *   keys with one `kid`, or no usable key
 */
export function parseJwks(
  input: unknown,
  { onIgnored = () => {}, profile = ownProfile }: ParseJwksOptions = {},
): PublicKeys {
  let first: KeyMaterialError | undefined;
  const keys = readKeys(input, profile, (error, kid) => {
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
  return readKeys(input, ownProfile, (error) => {
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

function readKeys(
  input: unknown,
  rules: KeyRules,
  onUnusable: (error: KeyMaterialError, kid: string | undefined) => void,
): PublicKeys {
  const keys = new Map<string, PublicKey>();
  parseMember(Jwks, input, '').keys.forEach((entry, index) => {
    const at = `keys[${index}]`;
    const secret = privateMembers.find((member) => Object.hasOwn(entry, member));
    if (secret !== undefined)
      throw new KeyMaterialError(`${at}.${secret}`, 'is private or symmetric: publish public keys only');
    const key = readKey(entry, rules, at);
    if (key instanceof KeyMaterialError) {
      onUnusable(key, readableKid(entry));
      return;
    }
    if (keys.has(key.kid)) throw new KeyMaterialError(`${at}.kid`, 'is used by another key of the set');
    keys.set(key.kid, key);
  });
  return keys;
}

function readKey(entry: unknown, rules: KeyRules, at: string): PublicKey | KeyMaterialError {
  try {
    return parsePublicKey(entry, rules, at);
  } catch (error) {
    if (error instanceof KeyMaterialError) return error;
    throw error;
  }
}

function readableKid({ kid }: { readonly kid?: unknown }): string | undefined {
  return typeof kid === 'string' && kidPattern.test(kid) ? kid : undefined;
}

function parsePublicKey(entry: unknown, rules: KeyRules, at: string): PublicKey {
  const jwk = parseMember(Jwk, entry, at);
  if (jwk.use === undefined && rules.jwk.use === 'required') throw new KeyMaterialError(`${at}.use`, 'must be "sig"');
  const alg = algorithmFor(jwk, rules, at);
  const key = importKey(jwk, at);
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (jwk.kty === 'RSA' && (modulusLength < 2048 || modulusLength > 8192)) {
    throw new KeyMaterialError(`${at}.n`, 'must be a modulus of 2048 to 8192 bits');
  }
  return { kid: jwk.kid, alg, key };
}

type ParsedJwk = z.output<typeof Jwk>;

/** Returns the algorithm of a key: its `alg`, or the only one of the profile for its `kty` and `crv`. */
function algorithmFor(jwk: ParsedJwk, { algorithms, jwk: rules }: KeyRules, at: string): PublicKeyAlgorithm {
  const { kty } = jwk;
  const ofKind = algorithms.filter((name) => algorithmOf(name).kty === kty);
  if (ofKind.length === 0)
    throw new KeyMaterialError(`${at}.kty`, `must not be ${kty}: no algorithm is allowed for it`);
  const crv = kty === 'RSA' ? undefined : jwk.crv;
  const fitting = ofKind.filter((name) => algorithmOf(name).crv === crv);
  if (fitting.length === 0) {
    const curves = new Set(ofKind.map((name) => algorithmOf(name).crv));
    throw new KeyMaterialError(`${at}.crv`, `must be ${[...curves].join(' or ')}`);
  }
  const [only, second] = fitting;
  if (jwk.alg === undefined && rules.alg === 'optional' && only !== undefined && second === undefined) return only;
  const alg = fitting.find((name) => name === jwk.alg);
  if (alg === undefined) throw new KeyMaterialError(`${at}.alg`, `must be ${fitting.join(' or ')} for an ${kty} key`);
  return alg;
}

function importKey(jwk: ParsedJwk, at: string): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    throw new KeyMaterialError(at, 'is not a valid public key');
  }
}
