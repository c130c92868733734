import type { AccountAudit } from '../accounts/account-event.ts';
import type { Actor } from '../accounts/actor.ts';
import type { EndedSessions } from '../sessions/stored-sessions.ts';
import { UserError } from '../user-error.ts';
import type { Passwords } from './passwords.ts';

export interface PasswordStore {
  /** Returns the password hash of a user. */
  find(userId: string): Promise<string | undefined>;
  /**
   * Stores the new hash and ends the actor's other sessions, in one transaction. Returns `undefined`, with nothing done,
   * when the stored hash is not the verified one.
   *
   * @throws UserError `user_not_found`, `session_ended`
   */
  change(change: {
    readonly actor: Actor;
    readonly verifiedHash: string;
    readonly passwordHash: string;
    readonly at: Date;
  }): Promise<EndedSessions | undefined>;
  /**
   * Replaces the verified hash with a new one of the same password. Returns false when the stored hash has changed, or
   * when the database cannot store it now: the next login retries.
   */
  rehash(change: { userId: string; current: string; next: string }): Promise<boolean>;
}

export interface PasswordChange {
  /** The user and the session that sent the request. This session does not end. */
  readonly actor: Actor;
  readonly current: string;
  readonly next: string;
}

interface PasswordChangeOptions {
  readonly store: Pick<PasswordStore, 'find' | 'change'>;
  readonly passwords: Pick<Passwords, 'hash' | 'verify'>;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** A concurrent login may re-hash the same password: then the new hash is verified. */
const attempts = 3;

/**
 * Creates the rule of changing a password: the new hash replaces only the hash that the current password was verified
 * against. Of two concurrent changes one succeeds, and the other is refused without ending a session. Throws UserError
 * `invalid_credentials`, or `password_changed` when another request changed the password meanwhile.
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
      const verifiedHash = await store.find(actor.userId);
      const isCorrect = await passwords.verify(current, verifiedHash);
      if (verifiedHash === undefined || !isCorrect) {
        // The password was correct a moment ago, so this does not count as a guess.
        if (attempt > 1) break;
        return refuse('invalid_credentials', 'wrong_password');
      }
      passwordHash ??= await passwords.hash(next);
      const at = new Date(now() * 1000);
      const ended = await store.change({ actor, verifiedHash, passwordHash, at });
      if (ended === undefined) continue;
      audit({ event: 'password', outcome: 'ok', ...who, sessions: ended.count || undefined });
      return;
    }
    refuse('password_changed', 'changed_meanwhile');
  };
}
