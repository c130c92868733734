import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { AccessTokenProfile } from '../../src/access-token-profile.ts';
import { otherKey, privateKey } from '../access-tokens.ts';
import { ed25519, es256, ps256, rs256, type Sign } from '../forge.ts';
import { startOfTests } from '../test-clock.ts';

export type Members = Readonly<Record<string, unknown>>;

/** A token of a vendor: its own header members and claims, and what a verifier makes of it. */
export interface GoodToken {
  readonly title: string;
  /** Members that differ from those of the vendor's header. */
  readonly header?: Members;
  readonly payload: Members;
  /** The scopes and the roles that the verifier hands out. */
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
}

/** A good token of a user with other header members or claims, `undefined` for none, and its refusal. */
export interface BadToken {
  readonly title: string;
  readonly header?: Members;
  readonly claims?: Members;
  readonly refusal: string;
}

export interface VendorKey {
  /** The key as the vendor publishes it. */
  readonly jwk: Members & { readonly kid: string };
  /** Absent for a key that signs no tokens. */
  readonly sign?: Sign;
}

/** What the documents of a vendor say about its tokens. */
export interface Vendor {
  readonly name: string;
  readonly profile: AccessTokenProfile;
  readonly issuer: string;
  readonly audience: string;
  /** The first one signs, unless a header names another `kid`. */
  readonly keys: readonly [VendorKey, ...VendorKey[]];
  readonly header: Members;
  /** The first one is of a user. */
  readonly good: readonly [GoodToken, GoodToken, GoodToken, ...GoodToken[]];
  /** The documented ID token, made out for a client that has the same name as the audience. */
  readonly idToken: { readonly header: Members; readonly payload: Members };
  /** The reason for which it is refused. */
  readonly idTokenRefusal: string;
  /** Claims without which no token is accepted, besides `iss`, `sub`, `exp` and the audience. */
  readonly required: readonly string[];
  /** Values of the wrong form, by claim. */
  readonly wrongForms: Readonly<Record<string, readonly unknown[]>>;
  readonly bad: readonly BadToken[];
}

export const now = startOfTests;
/** The times of a token that was issued a minute ago. */
export const times = (seconds: number) => ({ iat: now - 60, exp: now - 60 + seconds });

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const ed = generateKeyPairSync('ed25519').privateKey;
const publicOf = (key: KeyObject): Members => ({ ...createPublicKey(key).export({ format: 'jwk' }) });
/** The members of certificates. They are made up: a verifier does not read them. */
export const certificate = { x5c: ['MIICmzCCAYMCBgF4'], x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' };

/** Key pairs by algorithm: the public members of the JWK, and what signs. */
export const pairs = {
  RS256: { jwk: publicOf(privateKey), sign: rs256(privateKey) },
  PS256: { jwk: publicOf(otherKey), sign: ps256(otherKey) },
  ES256: { jwk: publicOf(ec), sign: es256(ec) },
  EdDSA: { jwk: publicOf(ed), sign: ed25519(ed) },
} as const;

/** Creates a key as a vendor publishes it: the members of the key pair, and those that the vendor adds. */
export function vendorKey(alg: keyof typeof pairs, members: Members & { readonly kid: string }): VendorKey {
  const { jwk, sign } = pairs[alg];
  return { jwk: { ...jwk, ...members }, sign };
}
