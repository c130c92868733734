import type { AccountAudit } from '../accounts/account-event.ts';
import { UserError } from '../user-error.ts';
import type { PasswordStore } from './password-change.ts';
import type { Passwords } from './passwords.ts';

/** Re-hashes a password that was just verified, while its plain text is still in memory. */
export type Rehash = (verified: { userId: string; password: string; hash: string }) => Promise<void>;

interface RehashOptions {
  readonly passwords: Pick<Passwords, 'hash' | 'isOutdated'>;
  readonly store: Pick<PasswordStore, 'rehash'>;
  readonly audit: AccountAudit;
}

/**
 * Creates the function that brings an outdated hash to the current cost and form. It does nothing when the queue of
 * passwords is full: the next login retries.
 */
export function createRehash({ passwords, store, audit }: RehashOptions): Rehash {
  return async ({ userId, password, hash }) => {
    if (!passwords.isOutdated(hash, password)) return;
    try {
      const next = await passwords.hash(password);
      if (await store.rehash({ userId, current: hash, next })) audit({ event: 'rehash', outcome: 'ok', user: userId });
    } catch (error) {
      if (!(error instanceof UserError && error.code === 'too_busy')) throw error;
    }
  };
}
