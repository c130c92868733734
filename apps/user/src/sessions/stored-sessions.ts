import type { Actor } from '../accounts/actor.ts';
import type { Grant } from './grant.ts';
import type { TokenHashes } from './refresh-token.ts';

/** How long a session lasts. */
export interface SessionLife {
  /** The longest time from login to the end, however often the session is refreshed. */
  readonly absoluteSeconds: number;
  /** The longest time without a refresh. */
  readonly idleSeconds: number;
}

/** Why a session ended before it expired. */
export type EndReason =
  | 'logout'
  | 'logout_all'
  | 'ended'
  | 'reuse'
  | 'password'
  | 'disabled'
  /** A login exceeded the limit of sessions per account, and this session was the oldest. */
  | 'session_limit'
  /** A replica whose clock was far ahead issued the last token. */
  | 'clock';

/** The data of an account that sessions need. */
export interface SessionUser {
  readonly id: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

/** The device of a session, as its owner sees it. */
export interface Device {
  readonly userAgent: string | undefined;
  /** The network of the address, such as `203.0.113.0/24`. */
  readonly addressPrefix: string | undefined;
}

/** A session as its owner sees it. */
export interface SessionView extends Device {
  readonly sid: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  /** When the session ended because a refresh token was reused; `undefined` otherwise. */
  readonly reusedAt: Date | undefined;
}

/** A session to store. */
export interface NewSession extends Grant, Device {
  readonly user: SessionUser;
  readonly passwordHash: string;
  readonly authTime: Date;
  readonly expiresAt: Date;
  readonly tokenHashes: TokenHashes;
  /** The `iat` of its first access token, in seconds since 1970. */
  readonly issuedAt: number;
  /** The latest `exp` of that token, in seconds since 1970. */
  readonly lastExp: number;
}

export interface BegunSession {
  readonly sid: string;
  /** The oldest sessions of the account, which ended because of the limit. */
  readonly ended: EndedSessions;
}

interface Ending {
  readonly at: Date;
  readonly reason: EndReason;
}

/** The number of sessions that ended, and the id when there was exactly one. */
export interface EndedSessions {
  readonly count: number;
  readonly sid: string | undefined;
}

export interface SessionStore {
  findCredentials(email: string): Promise<{ user: SessionUser; passwordHash: string } | undefined>;
  /** Begins a session. Returns `undefined` when the account has changed since its password was checked. */
  create(session: NewSession): Promise<BegunSession | undefined>;
  /** Returns the user's running sessions and those that ended because of reuse, newest first. */
  list(
    userId: string,
    page: { after?: string | undefined; limit: number; runningAt: Date; idleSince: Date },
  ): Promise<readonly SessionView[]>;
  /** Ends one session of the actor, or all. @throws UserError `user_not_found`, `session_ended` */
  endOwn(actor: Actor, which: { sid?: string }, how: Ending): Promise<EndedSessions>;
  /** Ends the session of a refresh token, used or not. Returns `undefined` when no session was running. */
  endByToken(token: TokenHashes, how: Ending): Promise<{ sid: string; userId: string } | undefined>;
}
