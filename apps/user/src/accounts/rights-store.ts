import { Prisma } from '@auth/db/user';
import type { Transaction } from '../feed/cut-off-store.ts';
import { cutClaims, endSessions } from '../feed/cut-off-store.ts';
import { UserError } from '../user-error.ts';
import type { ChangedUser, ManagedUser, UserChanges } from './user-admin.ts';

export const managedFields = {
  ...{ id: true, email: true, name: true, roles: true, disabledAt: true, createdAt: true },
} as const;

/** Locks the rights of all users until the transaction ends: changes are made one at a time. Take this lock first. */
export async function lockRights(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('user rights', 0))`;
}

/**
 * Changes the roles of an account, or disables or enables it, and cuts off what was issued on other terms. Needs
 * `lockRights`. Does not check who asks for it.
 *
 * @throws UserError `last_admin` when no enabled admin would be left
 */
export async function changeRights(
  tx: Transaction,
  { id, roles, disabled }: UserChanges & { readonly id: string },
  at: Date,
): Promise<ChangedUser | undefined> {
  const before = await tx.user.findUnique({ where: { id }, select: managedFields });
  if (before === null) return undefined;
  const isAdmin = before.roles.includes('admin') && before.disabledAt === null;
  const staysAdmin = roles?.includes('admin') !== false && disabled !== true;
  if (isAdmin && !staysAdmin && !(await hasAdminBeside(tx, id))) throw new UserError('last_admin');
  const data = {
    ...(roles === undefined ? {} : { roles: [...roles] }),
    ...(disabled === undefined ? {} : { disabledAt: disabled ? at : null }),
  };
  const user = managed(await tx.user.update({ where: { id }, data, select: managedFields }));
  if (disabled) {
    const { count } = await endSessions(tx, Prisma.sql`user_id = ${id}::uuid`, { at, reason: 'disabled' });
    return { user, endedSessions: count };
  }
  // Running access tokens name the old roles: they are refreshed, not logged out.
  if (roles !== undefined && !haveSameMembers(roles, before.roles)) await cutClaims(tx, id, 'roles');
  return { user, endedSessions: 0 };
}

const haveSameMembers = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((role) => others.includes(role));

async function hasAdminBeside(tx: Transaction, id: string): Promise<boolean> {
  const where = { id: { not: id }, roles: { has: 'admin' }, disabledAt: null };
  return (await tx.user.findFirst({ where, select: { id: true } })) !== null;
}

/** An account as an admin sees it. */
export function managed({
  disabledAt,
  ...row
}: { disabledAt: Date | null } & Omit<ManagedUser, 'disabled'>): ManagedUser {
  return { ...row, disabled: disabledAt !== null };
}
