import type { UserDb } from '@auth/db/user';
import type { PasswordHashStore } from './rehash.ts';

/** Password hashes in the user database. */
export function createPasswordHashStore({ client }: Pick<UserDb, 'client'>): PasswordHashStore {
  return {
    async replace({ userId, current, next }) {
      // A password that was changed meanwhile is not undone.
      const where = { id: userId, passwordHash: current };
      return (await client.user.updateMany({ where, data: { passwordHash: next } })).count === 1;
    },
  };
}
