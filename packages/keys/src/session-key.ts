import type { KeyObject } from 'node:crypto';
import { createSecretKey } from 'node:crypto';
import { EdgeKey, KeyMaterialError, parseMember } from '@auth/verify';
import * as z from 'zod';

/** A secret that stored sessions are sealed with (AES-256-GCM), and its state. */
export const SessionSecret = z.strictObject({
  ...EdgeKey.shape,
  secret: EdgeKey.shape.secret.refine(isAesKey, 'must be 32 bytes, no more: it is an AES-256 key'),
});
export type SessionSecret = z.output<typeof SessionSecret>;

/** What opens stored sessions that were sealed with it. */
export interface SessionKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** Parses the `sessionKeys` member: the first is the active one, which seals; each opens. @throws KeyMaterialError naming the member */
export function parseSessionKeys(input: unknown): readonly SessionKey[] {
  const entries = parseMember(z.array(SessionSecret), input, 'sessionKeys');
  entries.forEach(({ kid }, index) => {
    const first = entries.findIndex((other) => other.kid === kid);
    if (first === index) return;
    throw new KeyMaterialError(`sessionKeys[${index}].kid`, `is used by sessionKeys[${first}] as well`);
  });
  const active = entries.filter(({ state }) => state === 'active');
  if (active.length !== 1) throw new KeyMaterialError('sessionKeys', 'must hold exactly one active key');
  const others = entries.filter(({ state }) => state !== 'active');
  return [...active, ...others].map(({ kid, secret }) => ({
    kid,
    key: createSecretKey(Buffer.from(secret, 'base64url')),
  }));
}

function isAesKey(secret: string): boolean {
  return Buffer.from(secret, 'base64url').length <= 32;
}
