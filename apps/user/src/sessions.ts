import type { AccountAudit } from './account-event.ts';
import type { Grant, GrantRequest } from './grants.ts';
import type { KnownGuesses } from './known-guesses.ts';
import { createLogin } from './login.ts';
import type { Passwords } from './passwords.ts';
import type { Refresh } from './refresh.ts';
import { hashRefreshToken } from './refresh-token.ts';
import type { Rehash } from './rehash.ts';
import type { AccessToken, TokenIssuer } from './tokens.ts';
import { UserError } from './user-error.ts';

type Hash = Uint8Array<ArrayBuffer>;

/** Why a session ended before its time. */
export type EndReason = 'logout' | 'logout_all' | 'ended' | 'reuse' | 'password' | 'disabled';

/** An account as far as a session needs it. */
export interface SessionUser {
  readonly id: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

/** Where a session is used from, as far as its owner is told. */
export interface Device {
  readonly userAgent: string | undefined;
  /** The network of its address: `203.0.113.0/24`. */
  readonly addressPrefix: string | undefined;
}

/** A session as its owner sees it. */
export interface SessionView extends Device {
  readonly sid: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  /** Set for one that was ended since a used refresh token came again: somebody else may have had it. */
  readonly reusedAt: Date | undefined;
}

export interface SessionStore {
  findCredentials(email: string): Promise<{ user: SessionUser; passwordHash: string } | undefined>;
  /** Begins a session, if the account is still as it was when the password was checked. */
  create(
    session: Grant &
      Device & {
        user: SessionUser;
        passwordHash: string;
        authTime: Date;
        expiresAt: Date;
        tokenHash: Hash;
        issuedAt: number;
        lastExp: number;
      },
  ): Promise<{ sid: string } | undefined>;
  findByToken(tokenHash: Hash): Promise<{ sid: string; userId: string } | undefined>;
  /** The user's running sessions and those that ended by reuse, newest first. */
  list(
    userId: string,
    page: { after?: string | undefined; limit: number; runningAt: Date; idleSince: Date },
  ): Promise<readonly SessionView[]>;
  /** Ends sessions, and tells verifiers. Returns which. */
  end(sessions: { userId?: string; sid?: string }, how: { at: Date; reason: EndReason }): Promise<readonly string[]>;
  findPasswordHash(userId: string): Promise<string | undefined>;
  /** Stores the new hash and ends the user's sessions but one, in one step. */
  changePassword(change: { userId: string; keptSid: string; passwordHash: string; at: Date }): Promise<void>;
}

export interface Login extends GrantRequest, Device {
  readonly email: string;
  readonly password: string;
  /** The block of addresses of the client, from `addressBlock`. */
  readonly from: string;
  /** Aborted when the client has closed its connection: its password is not looked at then. */
  readonly signal?: AbortSignal;
}

export interface Tokens {
  readonly access: AccessToken;
  readonly refreshToken: string;
  readonly scopes: readonly string[];
}

export interface PasswordChange {
  readonly userId: string;
  /** The session that stays. */
  readonly sid: string;
  readonly current: string;
  readonly next: string;
}

export interface Sessions {
  /**
   * @throws UserError `invalid_credentials`, the same for a wrong e-mail, a wrong password and a disabled account;
   * `changed_meanwhile` when the account changed again and again while the password was checked
   */
  login(login: Login): Promise<Tokens>;
  /** Exchanges a refresh token for its successor. */
  readonly refresh: Refresh;
  list(
    userId: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<{ items: readonly SessionView[]; more: boolean }>;
  /** Ends one session of a user. @throws UserError `session_not_found` */
  end(userId: string, sid: string): Promise<void>;
  /** Ends every session of a user, the one that asks as well. */
  endAll(userId: string): Promise<void>;
  /** Changes a password and ends every other session of the user. @throws UserError `invalid_credentials` */
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
  /** Without it, the same wrong guess again is a new one. */
  readonly knownGuesses?: KnownGuesses | undefined;
  /** Keeps hashes at the cost and in the form of now. */
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
  const { store, refresh, passwords, life, audit, now } = options;
  const at = (plusSeconds = 0) => new Date((now() + plusSeconds) * 1000);

  return {
    refresh,

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

    async end(userId, sid) {
      const ended = await store.end({ userId, sid }, { at: at(), reason: 'ended' });
      if (ended.length === 0) throw new UserError('session_not_found');
      audit({ event: 'logout', outcome: 'ok', user: userId, sid, reason: 'ended' });
    },

    async endAll(userId) {
      const ended = await store.end({ userId }, { at: at(), reason: 'logout_all' });
      for (const sid of ended) audit({ event: 'logout', outcome: 'ok', user: userId, sid, reason: 'logout_all' });
    },

    async changePassword({ userId, sid, current, next }) {
      const known = await store.findPasswordHash(userId);
      if (!(await passwords.verify(current, known))) {
        audit({ event: 'password', outcome: 'failed', user: userId, sid, reason: 'wrong_password' });
        throw new UserError('invalid_credentials');
      }
      await store.changePassword({ userId, keptSid: sid, passwordHash: await passwords.hash(next), at: at() });
      audit({ event: 'password', outcome: 'ok', user: userId, sid });
    },

    async logout(refreshToken) {
      const known = await store.findByToken(hashRefreshToken(refreshToken));
      if (known === undefined) return;
      const { sid, userId } = known;
      const ended = await store.end({ sid }, { at: at(), reason: 'logout' });
      if (ended.length > 0) audit({ event: 'logout', outcome: 'ok', user: userId, sid });
    },
  };
}
