import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A new refresh token: 256 random bits, opaque. */
export function createRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The token that one is exchanged for: 256 bits that only the holder of the token can derive, and only while the salt is
 * there. Who has the database alone has the salt and not the token.
 */
export function deriveSuccessor(token: string, salt: Uint8Array): string {
  return createHmac('sha256', token).update(salt).digest('base64url');
}

/** What is stored of it. It is random, so one round of SHA-256 is enough. */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
