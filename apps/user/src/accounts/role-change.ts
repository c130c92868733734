import { allRoles, type Role } from '@auth/contracts/grants';
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
   * Changes the roles of the account with this e-mail to the result of `edit`, and revokes the access tokens with the
   * former roles, in one transaction. Changes nothing when `edit` returns the same roles.
   *
   * @throws UserError `user_not_found`, `last_admin`
   */
  change(email: string, edit: (holder: RoleHolder) => readonly string[], at: Date): Promise<RoleHolder>;
}

/** A role to grant to an account, or to revoke. */
export interface RoleChange {
  readonly command: 'grant' | 'revoke';
  readonly email: string;
  readonly role: Role;
}

interface RoleChangesOptions {
  readonly store: RoleStore;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * Creates the rule by which an operator, who has access to the database, changes roles. It returns the account and whether
 * its roles changed; `last_role` when the only role would be revoked.
 */
export function createRoleChange({ store, audit, now }: RoleChangesOptions) {
  return async ({
    command,
    email,
    role,
  }: RoleChange): Promise<(RoleHolder & { readonly isChanged: boolean }) | 'last_role'> => {
    let user: string | undefined;
    let [isChanged, isLast] = [false, false];
    const edit = ({ id, roles }: RoleHolder) => {
      user = id;
      const next =
        command === 'grant'
          ? allRoles.filter((known) => known === role || roles.includes(known))
          : roles.filter((held) => held !== role);
      isLast = next.length === 0;
      isChanged = !isLast && next.length !== roles.length;
      return isChanged ? next : roles;
    };
    try {
      const holder = await store.change(email, edit, new Date(now() * 1000));
      if (isChanged) audit({ event: 'roles', outcome: 'ok', user, by: 'operator' });
      return isLast ? 'last_role' : { ...holder, isChanged };
    } catch (error) {
      const isRefused = error instanceof UserError && error.code === 'last_admin';
      if (isRefused) audit({ event: 'roles', outcome: 'failed', user, by: 'operator', reason: error.code });
      throw error;
    }
  };
}
