import type { Role } from '@auth/contracts/grants';
import { allRoles } from '@auth/contracts/grants';
import { UserError } from '../user-error.ts';
import type { AccountAudit } from './account-event.ts';

/** An account whose roles are changed. */
export interface RoleHolder {
  readonly id: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

export interface RoleStore {
  /**
   * Changes the roles of the account with this e-mail to what `edit` makes of them, and cuts off the access tokens that
   * name the old ones, in one step. Changes nothing when `edit` returns the same roles.
   *
   * @throws UserError `user_not_found`, `last_admin`
   */
  change(email: string, edit: (holder: RoleHolder) => readonly string[], at: Date): Promise<RoleHolder>;
}

export interface RoleChange {
  readonly email: string;
  readonly role: Role;
}

export interface RoleChanges {
  /** Gives the account a role that it may have already. Returns the account, and whether anything changed. */
  grant(change: RoleChange): Promise<RoleHolder & { readonly isChanged: boolean }>;
  /** Takes a role from the account; `last_role` when it has no other, which it must have. */
  revoke(change: RoleChange): Promise<(RoleHolder & { readonly isChanged: boolean }) | 'last_role'>;
}

interface RoleChangesOptions {
  readonly store: RoleStore;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The rules by which an operator, who has the database, gives and takes roles. */
export function createRoleChanges({ store, audit, now }: RoleChangesOptions): RoleChanges {
  async function change(email: string, edit: (roles: readonly string[]) => readonly string[]) {
    let isChanged = false;
    const at = new Date(now() * 1000);
    let user: string | undefined;
    const note = ({ id, roles }: RoleHolder) => {
      user = id;
      const next = edit(roles);
      isChanged = next.length !== roles.length;
      return next;
    };
    try {
      const holder = await store.change(email, note, at);
      if (isChanged) audit({ event: 'roles', outcome: 'ok', user, by: 'operator' });
      return { ...holder, isChanged };
    } catch (error) {
      const isRefused = error instanceof UserError && error.code === 'last_admin';
      if (isRefused) audit({ event: 'roles', outcome: 'failed', user, by: 'operator', reason: error.code });
      throw error;
    }
  }

  return {
    grant: ({ email, role }) => change(email, (roles) => allRoles.filter((one) => one === role || roles.includes(one))),
    async revoke({ email, role }) {
      let isLast = false;
      const changed = await change(email, (roles) => {
        const next = roles.filter((one) => one !== role);
        isLast = next.length === 0;
        return isLast ? roles : next;
      });
      return isLast ? 'last_role' : changed;
    },
  };
}
