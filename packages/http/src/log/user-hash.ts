import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';

/** 132 bits: two users never share a name by chance. */
const LENGTH = 22;

/**
 * Creates the function that hashes users for audit lines: the HMAC-SHA-256 of the `sub` with the service's own audit
 * key, its first 22 characters of base64url. A user has the same hash in every line of one service. Without the key, a
 * reader of the lines can neither reverse nor guess it.
 */
export function createUserHash(auditKey: KeyObject): (sub: string) => string {
  return (sub) => createHmac('sha256', auditKey).update(sub).digest('base64url').slice(0, LENGTH);
}
