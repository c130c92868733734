import type { UserDb } from '@auth/db/user';
import { transactionLimits } from '../feed/cut-off-store.ts';
import { UserError } from '../user-error.ts';
import { changeRights, lockRights } from './rights-store.ts';
import type { RoleStore } from './role-change.ts';

/** Roles in the user database, for an operator. */
export function createRoleStore({ client }: Pick<UserDb, 'client'>): RoleStore {
  return {
    change: (email, edit, at) =>
      client.$transaction(async (tx) => {
        await lockRights(tx);
        const [row] = await tx.$queryRaw<{ id: string; roles: string[]; disabled: boolean }[]>`
          SELECT id, roles, disabled_at IS NOT NULL AS disabled FROM users WHERE email = ${email} FOR NO KEY UPDATE`;
        if (row === undefined) throw new UserError('user_not_found');
        const roles = edit(row);
        const isSame = roles.length === row.roles.length && roles.every((role) => row.roles.includes(role));
        if (!isSame) await changeRights(tx, { id: row.id, roles }, at);
        return { ...row, roles };
      }, transactionLimits),
  };
}
