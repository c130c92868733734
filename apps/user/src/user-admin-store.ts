import type { UserDb } from '@auth/db/user';
import { cutClaims, endSessions } from './cut-off-store.ts';
import type { ManagedUser, UserAdminStore } from './user-admin.ts';

const select = { id: true, email: true, name: true, roles: true, disabledAt: true, createdAt: true } as const;

/** Users in the user database, for those who manage them. */
export function createUserAdminStore({ client }: Pick<UserDb, 'client'>): UserAdminStore {
  return {
    async list({ after, limit }) {
      const where = after === undefined ? {} : { id: { gt: after } };
      return (await client.user.findMany({ where, orderBy: { id: 'asc' }, take: limit, select })).map(managed);
    },
    async find(id) {
      const row = await client.user.findUnique({ where: { id }, select });
      return row === null ? undefined : managed(row);
    },
    change: (id, { roles, disabled }, at) =>
      client.$transaction(async (tx) => {
        const data = {
          ...(roles === undefined ? {} : { roles: [...roles] }),
          ...(disabled === undefined ? {} : { disabledAt: disabled ? at : null }),
        };
        const [row] = await tx.user.updateManyAndReturn({ where: { id }, data, select });
        if (disabled) await endSessions(tx, { userId: id }, { at, reason: 'disabled' });
        // Running access tokens name the old roles: they are refreshed, not logged out.
        else if (roles !== undefined) await cutClaims(tx, id, 'roles');
        return row === undefined ? undefined : managed(row);
      }),
  };
}

function managed({ disabledAt, ...row }: { disabledAt: Date | null } & Omit<ManagedUser, 'disabled'>): ManagedUser {
  return { ...row, disabled: disabledAt !== null };
}
