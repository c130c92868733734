import { isDatabaseUnavailable } from '@auth/db/errors';
import type { UserDb } from '@auth/db/user';
import type { PasswordHashStore } from './rehash.ts';

/** Password hashes in the user database. */
export function createPasswordHashStore({ client }: Pick<UserDb, 'client'>): PasswordHashStore {
  return {
    async replace({ userId, current, next }) {
      // A password that was changed meanwhile is not undone.
      const where = { id: userId, passwordHash: current };
      try {
        return (await client.user.updateMany({ where, data: { passwordHash: next } })).count === 1;
      } catch (error) {
        // The session has begun already: its tokens must reach the client.
        if (isDatabaseUnavailable(error)) return false;
        throw error;
      }
    },
  };
}
