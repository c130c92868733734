import { createPublicKey } from 'node:crypto';

/** The one key of the set, imported once. */
export function publicKeyOf({ keys: [jwk] }) {
  return createPublicKey({ key: jwk, format: 'jwk' });
}
