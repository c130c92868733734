import { createHash, createHmac, randomBytes } from 'node:crypto';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A refresh token is 32 bytes in base64url. The first 12 bytes (96 bits) are the family, which all tokens of one login
 * share. The family shows that a token was used after its row was removed. The other 20 bytes (160 bits, as RFC 6749
 * §10.10 recommends) are different in each token.
 */
const familyBytes = 12;
const ownBytes = 20;
const shape = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** Creates a refresh token of a new family. */
export function createRefreshToken(): string {
  return randomBytes(familyBytes + ownBytes).toString('base64url');
}

/**
 * Derives the successor of a token. Only the holder of the token can derive it, and only while the salt is stored. The
 * database has the salt, and not the token.
 *
 * @param options.keepsFamily whether the token has the family of its session. A token of an older build has none: its
 *   successor begins one
 */
export function deriveSuccessor(token: string, salt: Uint8Array, { keepsFamily }: { keepsFamily: boolean }): string {
  const derived = createHmac('sha256', token).update(salt).digest();
  const family = keepsFamily ? Buffer.from(token, 'base64url').subarray(0, familyBytes) : derived.subarray(ownBytes);
  return Buffer.concat([family, derived.subarray(0, ownBytes)]).toString('base64url');
}

/** Returns the stored hash of a token. A token is random, so one round of SHA-256 is enough. */
export function hashRefreshToken(token: string): Bytes {
  return new Uint8Array(createHash('sha256').update(token).digest());
}

/** Returns the stored hash of a token's family; `undefined` for a text that is not shaped like a token. */
function hashFamily(token: string): Bytes | undefined {
  if (!shape.test(token)) return undefined;
  const family = Buffer.from(token, 'base64url').subarray(0, familyBytes);
  return new Uint8Array(createHash('sha256').update('refresh token family').update(family).digest());
}

/** The two hashes by which a token is found. */
export interface TokenHashes {
  readonly token: Bytes;
  readonly family: Bytes | undefined;
}

export function hashesOf(token: string): TokenHashes {
  return { token: hashRefreshToken(token), family: hashFamily(token) };
}
