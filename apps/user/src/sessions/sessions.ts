import type { Actor } from '../accounts/actor.ts';
import type { PasswordChange } from '../passwords/password-change.ts';
import { createPasswordChange } from '../passwords/password-change.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { UserError } from '../user-error.ts';
import type { Login, LoginOptions } from './login.ts';
import { createLogin } from './login.ts';
import { noteEnded } from './note-ended.ts';
import type { Refresh, RefreshWithin } from './refresh.ts';
import { hashesOf } from './refresh-token.ts';
import type { SessionStore, SessionView } from './stored-sessions.ts';
import type { Tokens } from './tokens.ts';

export interface Sessions {
  /**
   * @throws UserError `invalid_credentials`, the same for a wrong e-mail, a wrong password and a disabled account;
   * `changed_meanwhile` when the account changed again and again while the password was checked
   */
  login(login: Login): Promise<Tokens>;
  /** Exchanges a refresh token for its successor. */
  readonly refresh: Refresh;
  /** The same as it usually goes, within limits that the database checks with it. */
  readonly refreshWithin: RefreshWithin;
  list(
    userId: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<{ items: readonly SessionView[]; more: boolean }>;
  /** Ends one session of a user. @throws UserError `session_not_found` */
  end(actor: Actor, sid: string): Promise<void>;
  /** Ends every session of a user, the one that asks as well. */
  endAll(actor: Actor): Promise<void>;
  /**
   * Changes a password and ends every other session of the user.
   *
   * @throws UserError `invalid_credentials`; `password_changed` when another request changed it meanwhile
   */
  changePassword(change: PasswordChange): Promise<void>;
  /** Ends the session of a refresh token; says nothing about whether there was one (RFC 7009 §2.2). */
  logout(refreshToken: string): Promise<void>;
}

export interface SessionsOptions extends LoginOptions {
  readonly store: SessionStore;
  readonly refresh: Refresh;
  readonly refreshWithin: RefreshWithin;
  readonly passwords: Passwords;
}

/** The rules of sessions: how one begins, who sees it, and what ends it. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, refresh, refreshWithin, passwords, life, audit, now } = options;
  const at = (plusSeconds = 0) => new Date((now() + plusSeconds) * 1000);

  return {
    ...{ refresh, refreshWithin },

    login: createLogin(options),

    async list(userId, { after, limit }) {
      const time = { runningAt: at(), idleSince: at(-life.idleSeconds) };
      const found = await store.list(userId, { after, limit: limit + 1, ...time });
      const items = found.slice(0, limit).map((view) => {
        const idleEnd = new Date(view.lastUsedAt.getTime() + life.idleSeconds * 1000);
        return idleEnd < view.expiresAt ? { ...view, expiresAt: idleEnd } : view;
      });
      return { items, more: found.length > limit };
    },

    async end(actor, sid) {
      const ended = await store.endOwn(actor, { sid }, { at: at(), reason: 'ended' });
      if (ended.count === 0) throw new UserError('session_not_found');
      noteEnded(audit, { user: actor.userId, ended, reason: 'ended' });
    },

    async endAll(actor) {
      const ended = await store.endOwn(actor, {}, { at: at(), reason: 'logout_all' });
      noteEnded(audit, { user: actor.userId, ended, reason: 'logout_all' });
    },

    changePassword: createPasswordChange({ store, passwords, audit, now }),

    async logout(refreshToken) {
      const ended = await store.endByToken(hashesOf(refreshToken), { at: at(), reason: 'logout' });
      if (ended !== undefined) audit({ event: 'logout', outcome: 'ok', user: ended.userId, sid: ended.sid });
    },
  };
}
