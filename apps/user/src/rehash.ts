import type { AccountAudit } from './account-event.ts';
import type { Passwords } from './passwords.ts';
import { UserError } from './user-error.ts';

export interface PasswordHashStore {
  /**
   * Stores a new hash in the place of the one it was made for; false when that is no longer there, or when the database
   * cannot store it now: the next login comes.
   */
  replace(change: { userId: string; current: string; next: string }): Promise<boolean>;
}

/** Re-hashes a password that was just verified, while its plain text is still in memory. */
export type Rehash = (known: { userId: string; password: string; hash: string }) => Promise<void>;

export interface RehashOptions {
  readonly passwords: Pick<Passwords, 'hash' | 'isOutdated'>;
  readonly store: PasswordHashStore;
  readonly audit: AccountAudit;
}

/**
 * Brings old hashes to the cost and the form that passwords are hashed with now: a login is when the password is there
 * to do it. Left for the next login when too many hashes wait already.
 */
export function createRehash({ passwords, store, audit }: RehashOptions): Rehash {
  return async ({ userId, password, hash }) => {
    if (!passwords.isOutdated(hash, password)) return;
    try {
      const next = await passwords.hash(password);
      if (await store.replace({ userId, current: hash, next })) audit({ event: 'rehash', outcome: 'ok', user: userId });
    } catch (error) {
      if (!(error instanceof UserError && error.code === 'too_busy')) throw error;
    }
  };
}
