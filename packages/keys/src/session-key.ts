import { createSecretKey, type KeyObject } from 'node:crypto';
import { activeKeyOf, EdgeKey, KeyMaterialError, parseMember } from '@auth/verify';
import * as z from 'zod';

/** A secret that seals stored sessions (AES-256-GCM), with its state. */
export const SessionSecret = z.strictObject({
  ...EdgeKey.shape,
  secret: EdgeKey.shape.secret.refine(isAesKey, 'must be 32 bytes, no more: it is an AES-256 key'),
});
export type SessionSecret = z.output<typeof SessionSecret>;

/** A key that opens the stored sessions that it has sealed. */
export interface SessionKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** Parses the `sessionKeys` member; the active key comes first. @throws KeyMaterialError naming the member */
export function parseSessionKeys(input: unknown): readonly SessionKey[] {
  const entries = parseMember(z.array(SessionSecret), input, 'sessionKeys');
  entries.forEach(({ kid }, index) => {
    const first = entries.findIndex((other) => other.kid === kid);
    if (first === index) return;
    throw new KeyMaterialError(`sessionKeys[${index}].kid`, `is used by sessionKeys[${first}] as well`);
  });
  const active = activeKeyOf(entries, 'sessionKeys');
  return [active, ...entries.filter((key) => key !== active)].map(({ kid, secret }) => ({
    kid,
    key: createSecretKey(Buffer.from(secret, 'base64url')),
  }));
}

function isAesKey(secret: string): boolean {
  return Buffer.from(secret, 'base64url').length <= 32;
}
