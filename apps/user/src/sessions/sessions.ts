import { auditEnded } from '../accounts/account-event.ts';
import type { Actor } from '../accounts/actor.ts';
import { UserError } from '../user-error.ts';
import { createLogin, type Login, type LoginOptions } from './login.ts';
import type { Refresh, RefreshFast } from './refresh.ts';
import { hashesOf } from './refresh-token.ts';
import type { SessionStore, SessionView } from './stored-sessions.ts';
import type { Tokens } from './tokens.ts';

export interface Sessions {
  /**
   * Logs a user in and begins a session.
   *
   * @throws UserError `invalid_credentials`, the same for a wrong e-mail, a wrong password and a disabled account;
   * `changed_meanwhile` when the account changed at each check of the password
   */
  login(login: Login): Promise<Tokens>;
  /** Exchanges a refresh token for its successor. */
  readonly refresh: Refresh;
  readonly refreshFast: RefreshFast;
  list(
    userId: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<{ items: readonly SessionView[]; more: boolean }>;
  /** Ends one session of a user. @throws UserError `session_not_found` */
  end(actor: Actor, sid: string): Promise<void>;
  /** Ends every session of a user, that of the request included. */
  endAll(actor: Actor): Promise<void>;
  /** Ends the session of a refresh token. The result is the same for an unknown token (RFC 7009 §2.2). */
  logout(refreshToken: string): Promise<void>;
}

export interface SessionsOptions extends LoginOptions {
  readonly store: SessionStore;
  readonly refresh: Refresh;
  readonly refreshFast: RefreshFast;
}

/** Creates the rules of sessions. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, refresh, refreshFast, life, audit, now } = options;
  const at = (plusSeconds = 0) => new Date((now() + plusSeconds) * 1000);

  return {
    refresh,
    refreshFast,

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
      auditEnded(audit, { user: actor.userId, ended, reason: 'ended' });
    },

    async endAll(actor) {
      const ended = await store.endOwn(actor, {}, { at: at(), reason: 'logout_all' });
      auditEnded(audit, { user: actor.userId, ended, reason: 'logout_all' });
    },

    async logout(refreshToken) {
      const ended = await store.endByToken(hashesOf(refreshToken), { at: at(), reason: 'logout' });
      if (ended !== undefined) audit({ event: 'logout', outcome: 'ok', user: ended.userId, sid: ended.sid });
    },
  };
}
