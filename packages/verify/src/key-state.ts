import * as z from 'zod';
import { KeyMaterialError } from './key-material.ts';

/** The states of a key, in order. After `retiring`, the key is removed from the document. */
export const keyStates = ['pending', 'active', 'retiring'] as const;

/**
 * The state of a key of any kind. `pending`: verifies (or opens) only. `active`: also signs (or seals). `retiring`:
 * verifies only, and will be removed. All states verify, so no token is rejected because a key changed state.
 */
export const KeyState = z.enum(keyStates, 'must be pending, active or retiring');
export type KeyState = z.output<typeof KeyState>;

/** Returns the key in use, which must be the only one. @throws KeyMaterialError naming the member that holds the keys */
export function activeKeyOf<Key extends { readonly state: KeyState }>(keys: readonly Key[], member: string): Key {
  const [active, second] = keys.filter(({ state }) => state === 'active');
  if (active !== undefined && second === undefined) return active;
  throw new KeyMaterialError(member, 'must hold exactly one active key');
}
