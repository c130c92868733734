import { createHash, randomBytes } from 'node:crypto';

/** A new refresh token: 256 random bits, opaque. */
export function createRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of it. It is random, so one round of SHA-256 is enough. */
export function hashRefreshToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
