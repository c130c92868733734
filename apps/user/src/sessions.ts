import type { AccountAudit } from './account-event.ts';
import type { Actor } from './actor.ts';
import type { GrantRequest } from './grants.ts';
import { narrow, scopesOf } from './grants.ts';
import { noteEnded } from './note-ended.ts';
import { createPasswordChange } from './password-change.ts';
import type { Passwords } from './passwords.ts';
import type { Refresh } from './refresh.ts';
import { createRefreshToken, hashesOf } from './refresh-token.ts';
import type { Rehash } from './rehash.ts';
import type { Device, SessionStore, SessionView } from './stored-sessions.ts';
import type { AccessToken, TokenIssuer } from './tokens.ts';
import { UserError } from './user-error.ts';

export interface Login extends GrantRequest, Device {
  readonly email: string;
  readonly password: string;
}

export interface Tokens {
  readonly access: AccessToken;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
}

export interface PasswordChange {
  /** Its session stays. */
  readonly actor: Actor;
  readonly current: string;
  readonly next: string;
}

export interface Sessions {
  /** @throws UserError `invalid_credentials`, the same for a wrong e-mail, a wrong password and a disabled account */
  login(login: Login): Promise<Tokens>;
  /** Exchanges a refresh token for its successor. */
  readonly refresh: Refresh;
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

/** How long a session lasts, in seconds. */
export interface SessionLife {
  /** However often it is used. */
  readonly absoluteSeconds: number;
  /** Without being used. */
  readonly idleSeconds: number;
}

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly refresh: Refresh;
  readonly passwords: Passwords;
  /** Keeps up with a cost that was raised. */
  readonly rehash: Rehash;
  readonly tokens: TokenIssuer;
  /** The services a token may be for. */
  readonly audience: readonly string[];
  readonly life: SessionLife;
  readonly audit: AccountAudit;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The rules of sessions: how one begins, who sees it, and what ends it. */
export function createSessions(options: SessionsOptions): Sessions {
  const { store, refresh, passwords, rehash, tokens, audience, life, audit, now } = options;
  const at = (plusSeconds = 0) => new Date((now() + plusSeconds) * 1000);

  return {
    refresh,

    async login({ email, password, userAgent, addressPrefix, ...wanted }) {
      const credentials = await store.findCredentials(email);
      const userId = credentials?.user.id;
      const failed = (reason: string) => {
        audit({ event: 'login', outcome: 'failed', user: userId, reason });
        return new UserError('invalid_credentials', reason);
      };
      const correct = await passwords.verify(password, credentials?.passwordHash);
      if (credentials === undefined) throw failed('unknown_email');
      if (!correct) throw failed('wrong_password');
      const { user } = credentials;
      if (user.disabled) throw failed('disabled');
      const grant = narrow({ scopes: scopesOf(user.roles), audience }, wanted);
      const refreshToken = createRefreshToken();
      const authTime = at();
      const issuedAt = Math.floor(now());
      const session = await store.create({
        ...grant,
        ...credentials,
        ...{ userAgent, addressPrefix, authTime, issuedAt },
        expiresAt: at(life.absoluteSeconds),
        lastExp: issuedAt + tokens.lifetimeSeconds,
        tokenHashes: hashesOf(refreshToken),
      });
      // Disabled, or given another password, while this one was checked.
      if (session === undefined) throw failed('changed_meanwhile');
      await rehash({ userId: user.id, password, hash: credentials.passwordHash });
      audit({ event: 'login', outcome: 'ok', user: user.id, sid: session.sid });
      noteEnded(audit, { user: user.id, ended: session.ended, reason: 'session_limit' });
      const { id, roles } = user;
      const access = tokens.issue({ userId: id, roles, sid: session.sid, authTime, issuedAt, ...grant });
      return { access, refreshToken, scopes: grant.scopes };
    },

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
