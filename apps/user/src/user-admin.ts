import type { AccountAudit, AccountEvent } from './account-event.ts';
import { UserError } from './user-error.ts';

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
  /** At most `limit` users, by id. */
  list(page: { after?: string | undefined; limit: number }): Promise<readonly ManagedUser[]>;
  find(id: string): Promise<ManagedUser | undefined>;
  /** Changes a user, and ends every session of one that is disabled, in one step. */
  change(id: string, changes: UserChanges, at: Date): Promise<ManagedUser | undefined>;
}

export interface UserAdmin {
  list(page: { after?: string | undefined; limit: number }): Promise<{ items: readonly ManagedUser[]; more: boolean }>;
  get(id: string): Promise<ManagedUser>;
  /** @throws UserError `own_rights` when an admin would shut themselves out */
  change(adminId: string, id: string, changes: UserChanges): Promise<ManagedUser>;
}

export interface UserAdminOptions {
  readonly store: UserAdminStore;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The rules of managing users. */
export function createUserAdmin({ store, audit, now }: UserAdminOptions): UserAdmin {
  /** One event for each thing that was to change. */
  function tell({ roles, disabled }: UserChanges, who: Pick<AccountEvent, 'outcome' | 'user' | 'by' | 'reason'>): void {
    if (roles !== undefined) audit({ event: 'roles', ...who });
    if (disabled !== undefined) audit({ event: disabled ? 'disable' : 'enable', ...who });
  }

  return {
    async list({ after, limit }) {
      const found = await store.list({ after, limit: limit + 1 });
      return { items: found.slice(0, limit), more: found.length > limit };
    },
    get: async (id) => present(await store.find(id)),
    async change(adminId, id, changes) {
      const shutsOut = changes.disabled === true || changes.roles?.includes('admin') === false;
      if (id === adminId && shutsOut) {
        tell(changes, { outcome: 'failed', user: id, by: adminId, reason: 'own_rights' });
        throw new UserError('own_rights');
      }
      const user = present(await store.change(id, changes, new Date(now() * 1000)));
      tell(changes, { outcome: 'ok', user: id, by: adminId });
      return user;
    },
  };
}

function present(user: ManagedUser | undefined): ManagedUser {
  if (user === undefined) throw new UserError('user_not_found');
  return user;
}
