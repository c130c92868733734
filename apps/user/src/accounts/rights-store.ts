import { scopesOf } from '@auth/contracts/grants';
import { Prisma, type UserDb } from '@auth/db/user';
import { cutClaims, endSessions, type Transaction, transactionLimits } from '../feed/cut-off-store.ts';
import { UserError } from '../user-error.ts';
import { lockActor } from './actor-store.ts';
import type { RoleStore } from './role-change.ts';
import type { ChangedUser, ManagedUser, UserAdminStore, UserChanges } from './user-admin.ts';

const fields = { id: true, email: true, name: true, roles: true, disabledAt: true, createdAt: true } as const;

/** Creates the store through which admins manage users. */
export function createUserAdminStore({ client }: Pick<UserDb, 'client'>): UserAdminStore {
  return {
    async list({ after, limit }) {
      const where = after === undefined ? {} : { id: { gt: after } };
      const rows = await client.user.findMany({ where, orderBy: { id: 'asc' }, take: limit, select: fields });
      return rows.map(toManaged);
    },
    async find(id) {
      const row = await client.user.findUnique({ where: { id }, select: fields });
      return row === null ? undefined : toManaged(row);
    },
    change: (admin, { id, ...changes }, at) =>
      client.$transaction(async (tx) => {
        await lockRights(tx);
        const { roles } = await lockActor(tx, admin, { also: id });
        if (!scopesOf(roles).includes('user:admin')) throw new UserError('admin_role_removed');
        return changeRights(tx, { id, ...changes }, at);
      }, transactionLimits),
  };
}

/** Creates the store through which an operator changes roles. */
export function createRoleStore({ client }: Pick<UserDb, 'client'>): RoleStore {
  return {
    change: (email, edit, at) =>
      client.$transaction(async (tx) => {
        await lockRights(tx);
        const [row] = await tx.$queryRaw<{ id: string; roles: string[]; disabled: boolean }[]>`
          SELECT id, roles, disabled_at IS NOT NULL AS disabled FROM users WHERE email = ${email} FOR NO KEY UPDATE`;
        if (row === undefined) throw new UserError('user_not_found');
        const roles = edit(row);
        if (!haveSameMembers(roles, row.roles)) await changeRights(tx, { id: row.id, roles }, at);
        return { ...row, roles };
      }, transactionLimits),
  };
}

/** Locks the rights of all users until the transaction ends. It must be the first lock of a transaction. */
async function lockRights(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('user rights', 0))`;
}

/**
 * Changes the roles of an account, or disables or enables it, and revokes the tokens with the former rights. The caller
 * holds the lock of `lockRights`. Permissions are not checked here.
 *
 * @throws UserError `last_admin` when no enabled admin would be left
 */
async function changeRights(
  tx: Transaction,
  { id, roles, disabled }: UserChanges & { readonly id: string },
  at: Date,
): Promise<ChangedUser | undefined> {
  const before = await tx.user.findUnique({ where: { id }, select: fields });
  if (before === null) return undefined;
  const isAdmin = before.roles.includes('admin') && before.disabledAt === null;
  const staysAdmin = roles?.includes('admin') !== false && disabled !== true;
  if (isAdmin && !staysAdmin && !(await hasOtherAdmin(tx, id))) throw new UserError('last_admin');
  const data = {
    ...(roles === undefined ? {} : { roles: [...roles] }),
    ...(disabled === undefined ? {} : { disabledAt: disabled ? at : null }),
  };
  const user = toManaged(await tx.user.update({ where: { id }, data, select: fields }));
  if (disabled) {
    const { count } = await endSessions(tx, Prisma.sql`user_id = ${id}::uuid`, { at, reason: 'disabled' });
    return { user, endedSessions: count };
  }
  // The access tokens name the former roles. Their sessions continue with the next refresh.
  if (roles !== undefined && !haveSameMembers(roles, before.roles)) await cutClaims(tx, id, 'roles');
  return { user, endedSessions: 0 };
}

const haveSameMembers = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((role) => others.includes(role));

async function hasOtherAdmin(tx: Transaction, id: string): Promise<boolean> {
  const where = { id: { not: id }, roles: { has: 'admin' }, disabledAt: null };
  return (await tx.user.findFirst({ where, select: { id: true } })) !== null;
}

function toManaged({ disabledAt, ...row }: { disabledAt: Date | null } & Omit<ManagedUser, 'disabled'>): ManagedUser {
  return { ...row, disabled: disabledAt !== null };
}
