import { UserError } from '../user-error.ts';
import type { AccountAudit, AccountEvent } from './account-event.ts';
import type { Actor } from './actor.ts';

/** A user as an admin sees it. */
export interface ManagedUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly createdAt: Date;
}

export interface UserChanges {
  readonly roles?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
}

export interface UserAdminStore {
  /** Returns at most `limit` users, sorted by id. */
  list(page: { after?: string | undefined; limit: number }): Promise<readonly ManagedUser[]>;
  find(id: string): Promise<ManagedUser | undefined>;
  /**
   * Changes a user and ends every session of a disabled one, in one transaction that also checks that the actor is an
   * admin. Returns `undefined` for an unknown id.
   *
   * @throws UserError `session_ended`, `admin_role_removed`, `last_admin`
   */
  change(admin: Actor, changes: UserChanges & { readonly id: string }, at: Date): Promise<ChangedUser | undefined>;
}

export interface ChangedUser {
  readonly user: ManagedUser;
  readonly endedSessions: number;
}

export interface UserAdmin {
  list(page: { after?: string | undefined; limit: number }): Promise<{ items: readonly ManagedUser[]; more: boolean }>;
  get(id: string): Promise<ManagedUser>;
  /** @throws UserError `own_rights` when admins would remove their own access; all errors of the store */
  change(admin: Actor, id: string, changes: UserChanges): Promise<ManagedUser>;
}

export interface UserAdminOptions {
  readonly store: UserAdminStore;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Creates the rules by which admins manage users. */
export function createUserAdmin({ store, audit, now }: UserAdminOptions): UserAdmin {
  /** Writes one event for each requested change. */
  function auditChanges({ roles, disabled }: UserChanges, details: Omit<AccountEvent, 'event'>): void {
    if (roles !== undefined) audit({ event: 'roles', ...details, sessions: undefined });
    if (disabled !== undefined) audit({ event: disabled ? 'disable' : 'enable', ...details });
  }

  return {
    async list({ after, limit }) {
      const found = await store.list({ after, limit: limit + 1 });
      return { items: found.slice(0, limit), more: found.length > limit };
    },
    get: async (id) => present(await store.find(id)),
    async change(admin, id, changes) {
      const who = { user: id, by: admin.userId };
      const removesOwnAccess = changes.disabled === true || changes.roles?.includes('admin') === false;
      try {
        if (id === admin.userId && removesOwnAccess) throw new UserError('own_rights');
        const changed = await store.change(admin, { id, ...changes }, new Date(now() * 1000));
        if (changed === undefined) throw new UserError('user_not_found');
        auditChanges(changes, { outcome: 'ok', ...who, sessions: changed.endedSessions || undefined });
        return changed.user;
      } catch (error) {
        const isRefused = error instanceof UserError && error.code !== 'user_not_found';
        if (isRefused) auditChanges(changes, { outcome: 'failed', ...who, reason: error.code });
        throw error;
      }
    },
  };
}

function present(user: ManagedUser | undefined): ManagedUser {
  if (user === undefined) throw new UserError('user_not_found');
  return user;
}
