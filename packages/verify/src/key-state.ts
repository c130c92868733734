import * as z from 'zod';
import { KeyMaterialError } from './key-material.ts';

/** The states of a key in the order of its life, which ends when it is in no document: gone. */
export const keyStates = ['pending', 'active', 'retiring'] as const;

/**
 * The state of a key of any kind. `pending`: known, not used. `active`: signs or seals. `retiring`: still verifies or
 * opens. Keys of every state verify, so that a change of state refuses nothing.
 */
export const KeyState = z.enum(keyStates, 'must be pending, active or retiring');
export type KeyState = z.output<typeof KeyState>;

/** Returns the key in use, which must be the only one. @throws KeyMaterialError naming the member that holds the keys */
export function activeKeyOf<Key extends { readonly state: KeyState }>(keys: readonly Key[], member: string): Key {
  const [active, second] = keys.filter(({ state }) => state === 'active');
  if (active !== undefined && second === undefined) return active;
  throw new KeyMaterialError(member, 'must hold exactly one active key');
}
