import type { AccountAudit } from '../accounts/account-event.ts';
import { UserError } from '../user-error.ts';
import type { Passwords } from './passwords.ts';

export interface PasswordHashStore {
  /**
   * Replaces the hash that was verified with a new one. False when the stored hash has changed, or when the database cannot
   * store it now: the next login tries again.
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
 * Re-hashes old hashes to the current cost and form at a login, when the password is in memory. Skipped when too many
 * hashes already wait: the next login does it.
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
