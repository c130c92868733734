import { constants, type KeyObject } from 'node:crypto';

interface Algorithm {
  /** The `kty` of its keys in a JWK Set, and the `crv` where there is one. */
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: string;
  /** The type of its keys in node:crypto, and the curve of an `ec` key. */
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  readonly curve?: string;
  /** `null` for Ed25519, which hashes by itself. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  /** Parameters of node:crypto besides the key and the hash. */
  readonly parameters?: object;
}

// The salt is as long as the hash (RFC 7518 §3.5).
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
// A signature is r followed by s (RFC 7518 §3.4).
const ecdsa = { dsaEncoding: 'ieee-p1363' };
const ed25519 = { kty: 'OKP', crv: 'Ed25519', keyType: 'ed25519', hash: null } as const;

/**
 * The algorithms of access tokens: RFC 7518 §3.1, `EdDSA` from RFC 8037 §3.1 and `Ed25519`, its newer name, from RFC 9864
 * §2.2. All are asymmetric: a service that verifies tokens cannot make one.
 */
const algorithms = {
  RS256: { kty: 'RSA', keyType: 'rsa', hash: 'sha256' },
  RS384: { kty: 'RSA', keyType: 'rsa', hash: 'sha384' },
  RS512: { kty: 'RSA', keyType: 'rsa', hash: 'sha512' },
  PS256: { kty: 'RSA', keyType: 'rsa', hash: 'sha256', parameters: pss },
  PS384: { kty: 'RSA', keyType: 'rsa', hash: 'sha384', parameters: pss },
  PS512: { kty: 'RSA', keyType: 'rsa', hash: 'sha512', parameters: pss },
  ES256: { kty: 'EC', crv: 'P-256', keyType: 'ec', curve: 'prime256v1', hash: 'sha256', parameters: ecdsa },
  ES384: { kty: 'EC', crv: 'P-384', keyType: 'ec', curve: 'secp384r1', hash: 'sha384', parameters: ecdsa },
  EdDSA: ed25519,
  Ed25519: ed25519,
} as const satisfies Readonly<Record<string, Algorithm>>;

export type PublicKeyAlgorithm = keyof typeof algorithms;

const byName: ReadonlyMap<string, Algorithm> = new Map(Object.entries(algorithms));

/** Checks that a name is one of the algorithms. */
export function isPublicKeyAlgorithm(name: unknown): name is PublicKeyAlgorithm {
  return typeof name === 'string' && byName.has(name);
}

/** Returns the key type, the curve, the hash and the parameters of an algorithm. */
export function algorithmOf(name: PublicKeyAlgorithm): Algorithm {
  return algorithms[name];
}

/** Checks that a key is of the type and curve that an algorithm needs. Does not check the size of the key. */
export function fits(key: KeyObject, name: PublicKeyAlgorithm): boolean {
  const { keyType, curve } = algorithmOf(name);
  if (key.asymmetricKeyType !== keyType) return false;
  return curve === undefined || key.asymmetricKeyDetails?.namedCurve === curve;
}
