import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';

/** 132 bits: two users never share a name by chance. */
const LENGTH = 22;

/**
 * Makes the names under which users stand in audit lines: the HMAC-SHA-256 of the `sub` with the service's own audit
 * key, its first 22 characters of base64url. The same user has the same name in every line of one service; whoever has
 * the lines and not the key can neither read nor try out who it is.
 */
export function createUserHash(auditKey: KeyObject): (sub: string) => string {
  return (sub) => createHmac('sha256', auditKey).update(sub).digest('base64url').slice(0, LENGTH);
}
