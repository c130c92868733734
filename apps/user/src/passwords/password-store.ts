import { isDatabaseUnavailable } from '@auth/db/errors';
import { Prisma, type UserDb } from '@auth/db/user';
import type { AsActor } from '../accounts/actor-store.ts';
import { endSessions } from '../feed/cut-off-store.ts';
import type { PasswordStore } from './password-change.ts';

/** Creates the store of password hashes in the user database. */
export function createPasswordStore({ client }: Pick<UserDb, 'client'>, asActor: AsActor): PasswordStore {
  return {
    async find(userId) {
      return (await client.user.findUnique({ where: { id: userId }, select: { passwordHash: true } }))?.passwordHash;
    },
    change: ({ actor, verifiedHash, passwordHash, at }) =>
      asActor(actor, async (tx) => {
        const { userId, sid } = actor;
        const where = { id: userId, passwordHash: verifiedHash };
        if ((await tx.user.updateMany({ where, data: { passwordHash } })).count === 0) return undefined;
        const others = Prisma.sql`user_id = ${userId}::uuid AND id <> ${sid}::uuid`;
        return endSessions(tx, others, { at, reason: 'password' });
      }),
    async rehash({ userId, current, next }) {
      // A password that was changed meanwhile stays.
      const where = { id: userId, passwordHash: current };
      try {
        return (await client.user.updateMany({ where, data: { passwordHash: next } })).count === 1;
      } catch (error) {
        // The session has begun: its tokens must reach the client.
        if (isDatabaseUnavailable(error)) return false;
        throw error;
      }
    },
  };
}
