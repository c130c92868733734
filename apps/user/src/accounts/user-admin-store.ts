import { scopesOf } from '@auth/contracts/grants';
import type { UserDb } from '@auth/db/user';
import { transactionLimits } from '../feed/cut-off-store.ts';
import { UserError } from '../user-error.ts';
import { lockActor } from './actor-store.ts';
import { changeRights, lockRights, managed, managedFields } from './rights-store.ts';
import type { UserAdminStore } from './user-admin.ts';

/** Users in the user database, for those who manage them. */
export function createUserAdminStore({ client }: Pick<UserDb, 'client'>): UserAdminStore {
  return {
    async list({ after, limit }) {
      const where = after === undefined ? {} : { id: { gt: after } };
      const rows = await client.user.findMany({ where, orderBy: { id: 'asc' }, take: limit, select: managedFields });
      return rows.map(managed);
    },
    async find(id) {
      const row = await client.user.findUnique({ where: { id }, select: managedFields });
      return row === null ? undefined : managed(row);
    },
    change: (admin, { id, ...changes }, at) =>
      client.$transaction(async (tx) => {
        await lockRights(tx);
        const { roles } = await lockActor(tx, admin, { also: id });
        if (!scopesOf(roles).includes('user:admin')) throw new UserError('rights_gone');
        return changeRights(tx, { id, ...changes }, at);
      }, transactionLimits),
  };
}
