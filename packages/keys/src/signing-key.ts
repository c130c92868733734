import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import {
  activeKeyOf,
  KeyMaterialError,
  KeyState,
  type PublicKeyAlgorithm,
  parseMember,
  parseOwnJwks,
} from '@auth/verify';
import * as z from 'zod';

/** The words of the version before for the states of a signing key: read for one version (decision 41). */
const oldWords: ReadonlyMap<unknown, KeyState> = new Map([
  ['next', 'pending'],
  ['retired', 'retiring'],
]);

/** Translates the old word for a state of a signing key; any other value stays as it is. */
export function currentWord(state: unknown): unknown {
  return oldWords.get(state) ?? state;
}

const member = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding');
const common = { kid: z.string(), use: z.literal('sig'), state: z.preprocess(currentWord, KeyState) };

/** A private signing key (RFC 7517; RFC 8037 for OKP) with its state. */
export const SigningJwk = z.discriminatedUnion(
  'kty',
  [
    z.strictObject({
      kty: z.literal('RSA'),
      alg: z.enum(['RS256', 'PS256']),
      ...common,
      n: member,
      e: member,
      d: member,
      p: member,
      q: member,
      dp: member,
      dq: member,
      qi: member,
    }),
    z.strictObject({
      kty: z.literal('EC'),
      alg: z.literal('ES256'),
      ...common,
      crv: z.string(),
      x: member,
      y: member,
      d: member,
    }),
    z.strictObject({
      kty: z.literal('OKP'),
      alg: z.literal('EdDSA'),
      ...common,
      crv: z.string(),
      x: member,
      d: member,
    }),
  ],
  'must be RSA, EC or OKP',
);
export type SigningJwk = z.output<typeof SigningJwk>;

/** The key that new access tokens are signed with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: PublicKeyAlgorithm;
  readonly key: KeyObject;
}

/** The key that the issuer signs with, and the JWK Set that it publishes: keys of every state, public members only. */
export interface SigningKeys {
  readonly active: SigningKey;
  readonly jwks: { readonly keys: readonly ReturnType<typeof publicJwk>[] };
}

/** Parses the `signing` member. @throws KeyMaterialError naming the member */
export function parseSigning(input: unknown): SigningKeys {
  const entries = parseMember(z.array(SigningJwk), input, 'signing');
  const jwks = { keys: entries.map(publicJwk) };
  inSigning(() => parseOwnJwks(jwks));
  // Pending keys are imported as well: a broken one is found today, not on the day it is needed.
  const keys = entries.map((jwk, index) => ({ ...jwk, key: importPrivate(jwk, index) }));
  const { kid, alg, key } = activeKeyOf(keys, 'signing');
  return { active: { kid, alg, key }, jwks };
}

/** Returns the keys that a service signs access tokens with. @throws Error for any service but the issuer: a fault of the wiring */
export function signingOf({ service, signing }: { service: string; signing: SigningKeys | undefined }): SigningKeys {
  if (signing === undefined) throw new Error(`${service} signs no access tokens`);
  return signing;
}

/** Returns the public members of a signing key, which its entry in the JWK Set holds. */
export function publicJwk(jwk: SigningJwk) {
  const { kty, kid, alg, use } = jwk;
  if (jwk.kty === 'RSA') return { kty, kid, alg, use, n: jwk.n, e: jwk.e };
  const { crv, x } = jwk;
  return jwk.kty === 'EC' ? { kty, kid, alg, use, crv, x, y: jwk.y } : { kty, kid, alg, use, crv, x };
}

/** Imports a private key. Node accepts parts that do not belong together: only a signature shows that the halves fit. */
function importPrivate(jwk: SigningJwk, index: number): KeyObject {
  const probe = Buffer.from('probe');
  // Ed25519 hashes by itself.
  const hash = jwk.kty === 'OKP' ? null : 'sha256';
  try {
    const key = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    const publicKey = createPublicKey({ key: publicJwk(jwk), format: 'jwk' });
    if (verify(hash, probe, publicKey, sign(hash, probe, key))) return key;
  } catch {
    // Rejected below, as a key whose halves do not fit.
  }
  throw new KeyMaterialError(`signing[${index}]`, 'is not a valid private key');
}

/** Runs a check of the public policy; its errors name `signing[0].e` in place of `keys[0].e`. */
function inSigning(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof KeyMaterialError)) throw error;
    const rule = error.message.slice(error.member.length + 1);
    throw new KeyMaterialError(error.member.replace(/^keys/, 'signing'), rule);
  }
}
