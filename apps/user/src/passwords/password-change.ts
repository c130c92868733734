import type { AccountAudit } from '../accounts/account-event.ts';
import type { Actor } from '../accounts/actor.ts';
import type { SessionStore } from '../sessions/stored-sessions.ts';
import { UserError } from '../user-error.ts';
import type { Passwords } from './passwords.ts';

export interface PasswordChange {
  /** Refuses the request; its session stays. */
  readonly actor: Actor;
  readonly current: string;
  readonly next: string;
}

interface PasswordChangeOptions {
  readonly store: Pick<SessionStore, 'findPasswordHash' | 'changePassword'>;
  readonly passwords: Pick<Passwords, 'hash' | 'verify'>;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The same password may have another hash by now, after a login that raised its cost. */
const attempts = 3;

/**
 * The rule of changing a password: the new hash replaces only the hash that the current password was verified against. Of
 * two concurrent changes one succeeds, and the other is refused without ending a session.
 */
export function createPasswordChange(options: PasswordChangeOptions): (change: PasswordChange) => Promise<void> {
  const { store, passwords, audit, now } = options;
  return async ({ actor, current, next }) => {
    const who = { user: actor.userId, sid: actor.sid };
    const refuse = (code: 'invalid_credentials' | 'password_changed', reason: string): never => {
      audit({ event: 'password', outcome: 'failed', ...who, reason });
      throw new UserError(code, reason);
    };
    let passwordHash: string | undefined;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const verifiedHash = await store.findPasswordHash(actor.userId);
      const isCorrect = await passwords.verify(current, verifiedHash);
      if (verifiedHash === undefined || !isCorrect) {
        // The password was correct a moment ago, so this does not count as a guess.
        if (attempt > 1) break;
        return refuse('invalid_credentials', 'wrong_password');
      }
      passwordHash ??= await passwords.hash(next);
      const at = new Date(now() * 1000);
      const ended = await store.changePassword({ actor, verifiedHash, passwordHash, at });
      if (ended === undefined) continue;
      audit({ event: 'password', outcome: 'ok', ...who, sessions: ended.count || undefined });
      return;
    }
    refuse('password_changed', 'changed_meanwhile');
  };
}
